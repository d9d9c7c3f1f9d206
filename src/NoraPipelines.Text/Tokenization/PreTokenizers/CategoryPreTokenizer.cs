using System.Text;

namespace NoraPipelines.Tokenization;

/// <summary>Cuts at every code point of a kind: a digit, white space, punctuation.</summary>
internal sealed class CategoryPreTokenizer(Func<Rune, bool> isMatch, SplitBehavior behavior) : PreTokenizer
{
    public override void Split(TextPiece piece, List<TextPiece> pieces)
    {
        var matches = new List<(int, int)>();
        var characters = piece.Characters;
        for (var i = 0; i < characters.Length;)
        {
            Rune.DecodeFromUtf16(characters[i..], out var rune, out var length);
            if (isMatch(rune)) matches.Add((i, length));
            i += length;
        }
        Splitter.Split(piece, matches, behavior, invert: false, pieces);
    }
}
