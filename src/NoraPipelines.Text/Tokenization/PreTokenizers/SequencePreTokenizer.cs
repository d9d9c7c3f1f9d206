namespace NoraPipelines.Tokenization;

/// <summary>One pre-tokenizer after the other, each on every piece that those before it left.</summary>
internal sealed class SequencePreTokenizer(IReadOnlyList<PreTokenizer> preTokenizers) : PreTokenizer
{
    public override void Split(TextPiece piece, List<TextPiece> pieces)
    {
        var current = new List<TextPiece> { piece };
        foreach (var preTokenizer in preTokenizers)
        {
            var next = new List<TextPiece>(current.Count);
            foreach (var part in current) preTokenizer.Split(part, next);
            current = next;
        }
        pieces.AddRange(current);
    }
}
