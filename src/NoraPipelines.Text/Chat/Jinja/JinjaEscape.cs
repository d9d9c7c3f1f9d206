using System.Globalization;
using System.Text;

namespace NoraPipelines.Chat.Jinja;

/// <summary>Escapes of Python's strings.</summary>
internal static class JinjaEscape
{
    /// <summary>Appends what the escape stands for; <paramref name="at"/> moves from its backslash to its last character.</summary>
    public static void Read(string source, ref int at, StringBuilder text)
    {
        var letter = source[++at];
        switch (letter)
        {
            case 'n': text.Append('\n'); break;
            case 't': text.Append('\t'); break;
            case 'r': text.Append('\r'); break;
            case 'b': text.Append('\b'); break;
            case 'f': text.Append('\f'); break;
            case 'v': text.Append('\v'); break;
            case '0': text.Append('\0'); break;
            case '\\' or '\'' or '"': text.Append(letter); break;
            case '\n': break;
            case 'x' when Hex(source, at, 2) is { } value: text.Append((char)value); at += 2; break;
            case 'u' when Hex(source, at, 4) is { } value: text.Append((char)value); at += 4; break;
            case 'U' when Hex(source, at, 8) is { } value && Rune.IsValid(value): text.Append(new Rune(value)); at += 8; break;
            default: text.Append('\\').Append(letter); break; // as Python has it
        }
    }

    private static int? Hex(string source, int at, int digits) =>
        at + digits < source.Length && int.TryParse(source.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
