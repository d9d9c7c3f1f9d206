namespace NoraPipelines.Tokenization;

/// <summary>Replaces every match of a pattern; the new characters stand for the whole match.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string content) : Normalizer
{
    public override AlignedText Normalize(AlignedText text)
    {
        var matches = pattern.Matches(text.Text);
        if (matches.Count == 0) return text;
        var result = new AlignedTextBuilder(text.Length + matches.Count * content.Length);
        var done = 0;
        foreach (var (start, length) in matches)
        {
            result.Append(text, done, start - done);
            result.Append(content, text.Starts[start], text.Ends[start + length - 1]);
            done = start + length;
        }
        result.Append(text, done, text.Length - done);
        return result.Build();
    }
}
