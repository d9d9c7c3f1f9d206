namespace NoraPipelines.Tokenization;

/// <summary>What SentencePiece does with spaces before it looks for pieces.</summary>
/// <param name="removeExtra">No spaces at the ends, and one where there were several.</param>
/// <param name="prefix">Where one space is put in front: before every stretch, before the whole text, nowhere.</param>
internal sealed class SpaceNormalizer(bool removeExtra, PrefixScheme prefix) : Normalizer
{
    public override AlignedText Normalize(AlignedText text)
    {
        if (text.Length == 0) return text;
        var result = new AlignedTextBuilder(text.Length + 1);
        if (prefix == PrefixScheme.Always || (prefix == PrefixScheme.First && text.Starts[0] == 0)) result.Append(' ', text.Starts[0], text.Starts[0]);
        var before = result.Length;
        if (removeExtra) AppendWithoutExtra(text, result);
        else result.Append(text, 0, text.Length);
        return result.Length > before ? result.Build() : text.Slice(0, 0);
    }

    private static void AppendWithoutExtra(AlignedText text, AlignedTextBuilder result)
    {
        var isFirst = true;
        for (var i = 0; i < text.Length; i++)
        {
            var isLastOfRun = i + 1 < text.Length && text.Text[i + 1] != ' ';
            if (text.Text[i] == ' ' && (isFirst || !isLastOfRun)) continue;
            result.Append(text, i, 1);
            isFirst = false;
        }
    }
}
