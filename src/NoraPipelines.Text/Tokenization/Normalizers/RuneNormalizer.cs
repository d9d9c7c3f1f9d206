using System.Text;

namespace NoraPipelines.Tokenization;

/// <summary>A normalizer that replaces each code point on its own by some others, or by none.</summary>
internal abstract class RuneNormalizer : Normalizer
{
    /// <summary>True if the code point stays as it is; otherwise what takes its place has been put into <paramref name="target"/>.</summary>
    protected abstract bool Keeps(Rune rune, List<Rune> target);

    public override AlignedText Normalize(AlignedText text)
    {
        var result = new AlignedTextBuilder(text.Length);
        var replacement = new List<Rune>();
        Span<char> characters = stackalloc char[2];
        for (var i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.Text.AsSpan(i), out var rune, out var length) != System.Buffers.OperationStatus.Done) rune = Rune.ReplacementChar;
            replacement.Clear();
            if (Keeps(rune, replacement)) result.Append(text, i, length);
            foreach (var other in replacement)
                result.Append(characters[..other.EncodeToUtf16(characters)], text.Starts[i], text.Ends[i + length - 1]);
            i += length;
        }
        return result.Build();
    }
}
