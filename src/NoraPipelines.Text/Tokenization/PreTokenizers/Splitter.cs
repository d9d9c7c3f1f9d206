namespace NoraPipelines.Tokenization;

/// <summary>Cuts a piece at the matches of something, by one of the format's five behaviours.</summary>
internal static class Splitter
{
    /// <param name="matches">Ranges of the piece's characters, in order.</param>
    /// <param name="invert">Treat what lies between the matches as the matches.</param>
    public static void Split(TextPiece piece, List<(int Start, int Length)> matches, SplitBehavior behavior, bool invert, List<TextPiece> pieces)
    {
        var parts = new List<(int Start, int End, bool IsMatch)>(2 * matches.Count + 1);
        var done = 0;
        foreach (var (start, length) in matches)
        {
            if (start > done) parts.Add((done, start, invert));
            parts.Add((start, start + length, !invert));
            done = start + length;
        }
        if (done < piece.Length) parts.Add((done, piece.Length, invert));

        switch (behavior)
        {
            case SplitBehavior.Removed:
                foreach (var part in parts)
                    if (!part.IsMatch) pieces.Add(piece.Slice(part.Start, part.End - part.Start));
                break;
            case SplitBehavior.Isolated:
                foreach (var part in parts) pieces.Add(piece.Slice(part.Start, part.End - part.Start));
                break;
            case SplitBehavior.MergedWithPrevious:
                Join(piece, parts, (previous, part) => part.IsMatch && !previous.IsMatch, pieces);
                break;
            case SplitBehavior.MergedWithNext:
                Join(piece, parts, (previous, part) => previous.IsMatch && !part.IsMatch, pieces);
                break;
            case SplitBehavior.Contiguous:
                Join(piece, parts, (previous, part) => previous.IsMatch == part.IsMatch, pieces);
                break;
        }
    }

    private static void Join(TextPiece piece, List<(int Start, int End, bool IsMatch)> parts,
        Func<(int, int, bool IsMatch), (int, int, bool IsMatch), bool> joins, List<TextPiece> pieces)
    {
        for (var i = 0; i < parts.Count;)
        {
            var last = i;
            while (last + 1 < parts.Count && joins(parts[last], parts[last + 1])) last++;
            pieces.Add(piece.Slice(parts[i].Start, parts[last].End - parts[i].Start));
            i = last + 1;
        }
    }
}
