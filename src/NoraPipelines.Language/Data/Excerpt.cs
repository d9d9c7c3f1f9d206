using System.Text;

namespace NoraPipelines.Data;

/// <summary>A short piece of a row that a message can quote on one line.</summary>
internal static class Excerpt
{
    private const int Length = 60;

    /// <summary>Text around a byte of a row, control characters escaped, in quotes.</summary>
    public static string Of(ReadOnlySpan<byte> bytes, long position = 0)
    {
        var start = (int)Math.Clamp(position - Length / 3, 0, bytes.Length);
        // Back to the first byte of a character.
        while (start > 0 && start < bytes.Length && (bytes[start] & 0xC0) == 0x80) start--;
        var piece = bytes[start..Math.Min(bytes.Length, start + Length)];
        var text = new StringBuilder(start > 0 ? "\"…" : "\"");
        foreach (var rune in Encoding.UTF8.GetString(piece).TrimEnd('\uFFFD').EnumerateRunes())
        {
            text.Append(rune.Value switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                var code when Rune.IsControl(rune) => $"\\u{code:X4}",
                _ => rune.ToString(),
            });
        }
        return text.Append(start + piece.Length < bytes.Length ? "…\"" : "\"").ToString();
    }
}
