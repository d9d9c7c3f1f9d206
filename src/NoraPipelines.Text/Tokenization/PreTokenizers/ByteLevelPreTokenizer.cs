namespace NoraPipelines.Tokenization;

/// <summary>GPT-2's: words with the space before them, spelled in bytes (openai/gpt-2, src/encoder.py).</summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : PreTokenizer
{
    private const string Words = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private static readonly TextPattern WordPattern = TextPattern.Expression(Words, (problem, inner) => new TokenizerException(problem, inner));
    private static readonly PrependNormalizer PrefixSpace = new(" ");

    public override void Split(TextPiece piece, List<TextPiece> pieces)
    {
        if (piece.Length == 0) return;
        var text = piece.ToText();
        if (addPrefixSpace && text.Text[0] != ' ') text = PrefixSpace.Normalize(text);
        var cuts = new List<int> { 0 };
        if (useRegex)
        {
            foreach (var (start, length) in WordPattern.Matches(text.Text))
            {
                if (start > cuts[^1]) cuts.Add(start);
                cuts.Add(start + length);
            }
        }
        if (cuts[^1] < text.Length) cuts.Add(text.Length);
        var spelledCuts = new List<int>(cuts.Count);
        var spelled = ByteLevelText.Spell(text, cuts, spelledCuts);
        for (var i = 0; i + 1 < spelledCuts.Count; i++) pieces.Add(new TextPiece(spelled, spelledCuts[i], spelledCuts[i + 1] - spelledCuts[i]));
    }
}
