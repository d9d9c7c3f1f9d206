using System.Text;

namespace NoraPipelines.Tokenization;

/// <summary>Spells a text in UTF-8 bytes, each written as its character of <see cref="ByteAlphabet"/>.</summary>
internal static class ByteLevelText
{
    /// <param name="cuts">Positions in the text, in order.</param>
    /// <param name="spelledCuts">Receives where these positions are in the result.</param>
    public static AlignedText Spell(AlignedText text, IReadOnlyList<int> cuts, List<int> spelledCuts)
    {
        var result = new AlignedTextBuilder(text.Length + text.Length / 8);
        Span<byte> bytes = stackalloc byte[4];
        var cut = 0;
        for (var i = 0; i < text.Length;)
        {
            for (; cut < cuts.Count && cuts[cut] <= i; cut++) spelledCuts.Add(result.Length);
            Rune.DecodeFromUtf16(text.Text.AsSpan(i), out var rune, out var length); // U+FFFD for what is no character
            var count = rune.EncodeToUtf8(bytes);
            var (start, end) = (text.Starts[i], text.Ends[i + length - 1]);
            foreach (var value in bytes[..count]) result.Append(ByteAlphabet.Character(value), start, end);
            i += length;
        }
        for (; cut < cuts.Count; cut++) spelledCuts.Add(result.Length);
        return result.Build();
    }
}
