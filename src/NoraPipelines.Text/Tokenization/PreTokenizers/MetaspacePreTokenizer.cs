namespace NoraPipelines.Tokenization;

/// <summary>SentencePiece's: spaces become "▁", and a piece begins at each one.</summary>
internal sealed class MetaspacePreTokenizer(string replacement, PrefixScheme prefix, bool split) : PreTokenizer
{
    private readonly ReplaceNormalizer _spaces = new(TextPattern.Literal(" "), replacement);
    private readonly PrependNormalizer _prepend = new(replacement);
    private readonly TextPattern _mark = TextPattern.Literal(replacement);

    public override void Split(TextPiece piece, List<TextPiece> pieces)
    {
        if (piece.Length == 0) return;
        var text = _spaces.Normalize(piece.ToText());
        var prepends = prefix == PrefixScheme.Always || prefix == PrefixScheme.First && text.Starts[0] == 0;
        if (prepends && !text.Text.StartsWith(replacement, StringComparison.Ordinal)) text = _prepend.Normalize(text);
        var whole = new TextPiece(text, 0, text.Length);
        if (split) Splitter.Split(whole, _mark.Matches(text.Text), SplitBehavior.MergedWithNext, invert: false, pieces);
        else pieces.Add(whole);
    }
}
