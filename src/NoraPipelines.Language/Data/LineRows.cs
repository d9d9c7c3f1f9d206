namespace NoraPipelines.Data;

/// <summary>A row each line (LF or CRLF); blank lines are passed over.</summary>
internal static class LineRows
{
    public static IEnumerable<Row> Read(ByteWindow window)
    {
        var searched = 0;
        while (true)
        {
            var end = window.Bytes.Span[searched..].IndexOf((byte)'\n');
            if (end < 0)
            {
                searched = window.Bytes.Length;
                if (window.More()) continue;
                if (Trimmed(window, searched) is { } last) yield return last;
                yield break;
            }
            if (Trimmed(window, searched + end) is { } row) yield return row;
            window.Advance(searched + end + 1);
            searched = 0;
        }
    }

    private static Row? Trimmed(ByteWindow window, int length)
    {
        var line = window.Bytes.Span[..length].TrimEnd((byte)'\r');
        return line.ContainsAnyExcept(" \t\r"u8) ? window.Row(0, line.Length) : null;
    }
}
