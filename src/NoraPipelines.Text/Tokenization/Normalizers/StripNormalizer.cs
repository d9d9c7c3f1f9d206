namespace NoraPipelines.Tokenization;

/// <summary>Takes white space off the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override AlignedText Normalize(AlignedText text)
    {
        var (start, end) = (0, text.Length);
        if (left)
            while (start < end && char.IsWhiteSpace(text.Text[start])) start++;
        if (right)
            while (end > start && char.IsWhiteSpace(text.Text[end - 1])) end--;
        return text.Slice(start, end - start);
    }
}
