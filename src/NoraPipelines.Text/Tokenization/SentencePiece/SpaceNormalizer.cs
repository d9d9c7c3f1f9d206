namespace NoraPipelines.Tokenization;

/// <summary>What SentencePiece does with spaces before it looks for pieces.</summary>
/// <param name="removeExtra">No spaces at the ends, and one where there were several.</param>
/// <param name="addPrefix">One space in front of the whole text.</param>
internal sealed class SpaceNormalizer(bool removeExtra, bool addPrefix) : Normalizer
{
    public override AlignedText Normalize(AlignedText text)
    {
        if (text.Length == 0) return text;
        var result = new AlignedTextBuilder(text.Length + 1);
        if (addPrefix && text.Starts[0] == 0) result.Append(' ', 0, 0);
        var prefix = result.Length;
        if (removeExtra) AppendWithoutExtra(text, result);
        else result.Append(text, 0, text.Length);
        return result.Length > prefix ? result.Build() : text.Slice(0, 0);
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
