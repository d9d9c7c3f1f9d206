namespace NoraPipelines.Tokenization;

/// <summary>Cuts at the matches of a pattern.</summary>
internal sealed class SplitPreTokenizer(TextPattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    public override void Split(TextPiece piece, List<TextPiece> pieces) =>
        Splitter.Split(piece, pattern.Matches(piece.Characters), behavior, invert, pieces);
}
