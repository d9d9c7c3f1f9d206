using System.Globalization;
using System.Text;

namespace NoraPipelines.Plans;

/// <summary>
/// Text of others (data, names of tensors, answers of a hub or of a model) as a terminal may have it: control characters, and those that turn
/// the direction of writing, are shown and not sent.
/// </summary>
public static class ShownText
{
    private const int LongestWord = 400, ShownStart = 120, ShownEnd = 40, LongestMessage = 10_000;

    /// <summary>The text with its control characters but tabs and line breaks, and those of direction, as \u001B.</summary>
    public static string Of(string text)
    {
        var first = FirstHidden(text);
        if (first < 0) return text;
        var shown = new StringBuilder(text, 0, first, text.Length + 16);
        for (var i = first; i < text.Length; i++)
        {
            if (IsHidden(text, i)) shown.Append("\\u").Append(((int)text[i]).ToString("X4", CultureInfo.InvariantCulture));
            else shown.Append(text[i]);
        }
        return shown.ToString();
    }

    /// <summary>A sentence about something: as <see cref="Of"/>, and names of any length shortened.</summary>
    public static string Message(string text)
    {
        var (message, start) = (new StringBuilder(), 0);
        for (var end = 0; end <= text.Length; end++)
        {
            if (end < text.Length && !char.IsWhiteSpace(text[end])) continue;
            Append(message, text, start, end - start, LongestWord);
            if (end < text.Length) message.Append(text[end]);
            start = end + 1;
        }
        var whole = message.ToString();
        if (whole.Length > LongestMessage) Append(message.Clear(), whole, 0, whole.Length, LongestMessage - ShownEnd, LongestMessage - 2 * ShownEnd);
        return Of(message.ToString());
    }

    private static void Append(StringBuilder message, string text, int start, int length, int longest, int shown = ShownStart)
    {
        if (length <= longest)
        {
            message.Append(text, start, length);
            return;
        }
        // No half of a surrogate pair is left at a cut.
        if (char.IsHighSurrogate(text[start + shown - 1])) shown--;
        var end = char.IsLowSurrogate(text[start + length - ShownEnd]) ? ShownEnd - 1 : ShownEnd;
        message.Append(text, start, shown).Append("…(").Append((length - shown - end).ToString("N0", CultureInfo.InvariantCulture))
            .Append(" characters more)…").Append(text, start + length - end, end);
    }

    private static int FirstHidden(string text)
    {
        for (var i = 0; i < text.Length; i++)
            if (IsHidden(text, i)) return i;
        return -1;
    }

    private static bool IsHidden(string text, int at) => IsTurning(text[at]) || (char.IsControl(text[at])
        && text[at] is not ('\t' or '\n') && !(text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n'));

    /// <summary>Whether the character makes others stand in another order than they have (Unicode's embeddings, overrides and isolates).</summary>
    private static bool IsTurning(char character) => character is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
