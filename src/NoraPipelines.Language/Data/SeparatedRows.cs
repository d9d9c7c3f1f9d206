using System.Text;

namespace NoraPipelines.Data;

/// <summary>Texts with a separator between them; white space around a text is cut off and empty texts are passed over.</summary>
internal static class SeparatedRows
{
    /// <exception cref="DataException">The separator does not occur.</exception>
    public static IEnumerable<Row> Read(ByteWindow window, string separator)
    {
        var mark = Encoding.UTF8.GetBytes(separator);
        var (searched, found) = (0, false);
        while (true)
        {
            var end = window.Bytes.Span[searched..].IndexOf(mark);
            if (end >= 0)
            {
                found = true;
                if (Trimmed(window, searched + end) is { } row) yield return row;
                window.Advance(searched + end + mark.Length);
                searched = 0;
                continue;
            }
            // The window may end inside a separator.
            searched = Math.Max(0, window.Bytes.Length - mark.Length + 1);
            if (window.More()) continue;
            if (!found)
            {
                throw new DataException($"{window.Path}: the separator {Excerpt.Of(mark)} does not occur in the file, which begins " +
                    $"{Excerpt.Of(window.Bytes.Span)}; give the text that stands between two texts, or none for a text a line.");
            }
            if (Trimmed(window, window.Bytes.Length) is { } last) yield return last;
            yield break;
        }
    }

    private static Row? Trimmed(ByteWindow window, int length)
    {
        var span = window.Bytes.Span[..length];
        var start = span.IndexOfAnyExcept(" \t\r\n"u8);
        return start < 0 ? null : window.Row(start, span.LastIndexOfAnyExcept(" \t\r\n"u8) + 1 - start);
    }
}
