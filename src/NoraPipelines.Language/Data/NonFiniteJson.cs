namespace NoraPipelines.Data;

/// <summary>
/// NaN and Infinity, which Python writes into JSON though its grammar has none: each becomes an empty list of the same length, so that
/// places stay and no one takes it for text or for a number.
/// </summary>
internal static class NonFiniteJson
{
    private static ReadOnlySpan<byte> NotANumber => "NaN"u8;

    private static ReadOnlySpan<byte> Infinite => "Infinity"u8;

    /// <summary>A copy without them; null where there are none.</summary>
    public static byte[]? Replaced(ReadOnlySpan<byte> json)
    {
        byte[]? copy = null;
        var inText = false;
        for (var at = 0; at < json.Length; at++)
        {
            switch (json[at])
            {
                case (byte)'"': inText = !inText; break;
                case (byte)'\\' when inText: at++; break;
                case (byte)'N' or (byte)'I' or (byte)'-' when !inText:
                    var length = Length(json[at..]);
                    if (length == 0) break;
                    copy ??= json.ToArray();
                    copy.AsSpan(at, length).Fill((byte)' ');
                    (copy[at], copy[at + length - 1]) = ((byte)'[', (byte)']');
                    at += length - 1;
                    break;
            }
        }
        return copy;
    }

    /// <summary>Whether the last bytes may be the beginning of one.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> json) => json[^Math.Min(json.Length, Infinite.Length)..].LastIndexOfAny("NI"u8) is >= 0 and var at
        && (NotANumber.StartsWith(Tail(json, at)) || Infinite.StartsWith(Tail(json, at)));

    private static ReadOnlySpan<byte> Tail(ReadOnlySpan<byte> json, int at) => json[^Math.Min(json.Length, Infinite.Length)..][at..];

    private static int Length(ReadOnlySpan<byte> from) =>
        from.StartsWith(NotANumber) ? NotANumber.Length
        : from.StartsWith(Infinite) ? Infinite.Length
        : from[0] == '-' && from[1..].StartsWith(Infinite) ? Infinite.Length + 1 : 0;
}
