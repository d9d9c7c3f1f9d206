namespace NoraPipelines.Tests.Fuzzing;

/// <summary>Changes good files a little, as damage, slips and malice do.</summary>
internal static class Mutations
{
    // Ends of structures, numbers at the bounds of types, texts that are none, control characters, long and deep things.
    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "\"", "{", "}", "[", "]", ",", ":", "null", "true", "-1", "0", "1e999", "NaN", "2147483648", "4294967296", "9223372036854775807",
            "-9223372036854775808", "1e-400", "\\ud800", "\\u0000", "\0", "\u001b[2J", "\n", "\r", "\t", "\uFEFF", "\u202e", "{{", "{%", "%}", "..",
            "/", "\\", "é", "😀", "a\u0378b", "\uFFFF",
        }.Select(System.Text.Encoding.UTF8.GetBytes),
        [0xFF], [0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
        [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0x80],
    ];

    /// <summary>One to six changes of a file.</summary>
    /// <param name="other">A file of which a part may come in.</param>
    public static byte[] Of(byte[] file, byte[] other, Random random)
    {
        var bytes = file;
        for (var change = random.Next(1, 7); change > 0; change--) bytes = Changed(bytes, other, random);
        return bytes;
    }

    private static byte[] Changed(byte[] bytes, byte[] other, Random random)
    {
        if (bytes.Length == 0) return Pieces[random.Next(Pieces.Length)];
        var at = random.Next(bytes.Length);
        var end = Math.Min(bytes.Length, at + random.Next(1, random.Next(4) == 0 ? 200 : 12));
        switch (random.Next(10))
        {
            case 0 or 1:
                var flipped = (byte[])bytes.Clone();
                flipped[at] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 2:
                var set = (byte[])bytes.Clone();
                set[at] = (byte)random.Next(256);
                return set;
            case 3: return [.. bytes[..at], .. bytes[end..]];
            case 4: return [.. bytes[..at], .. Pieces[random.Next(Pieces.Length)], .. bytes[at..]];
            case 5: return [.. bytes[..at], .. Pieces[random.Next(Pieces.Length)], .. bytes[end..]];
            case 6: return [.. bytes[..end], .. bytes[at..]];
            case 7:
                var from = random.Next(other.Length);
                return [.. bytes[..at], .. other[from..Math.Min(other.Length, from + random.Next(1, 60))], .. bytes[end..]];
            case 8 when random.Next(20) == 0: return [.. bytes[..at], .. Repeated(Pieces[random.Next(Pieces.Length)], random.Next(1, 3000)), .. bytes[at..]];
            case 9 when random.Next(4) == 0: return bytes[..at];
            default: return Number(bytes, at, random);
        }
    }

    private static byte[] Repeated(byte[] piece, int count) => [.. Enumerable.Repeat(piece, count).SelectMany(part => part)];

    /// <summary>The next number from a place becomes another one.</summary>
    private static byte[] Number(byte[] bytes, int at, Random random)
    {
        while (at < bytes.Length && !char.IsAsciiDigit((char)bytes[at])) at++;
        var end = at;
        while (end < bytes.Length && char.IsAsciiDigit((char)bytes[end])) end++;
        var number = random.Next(4) switch { 0 => "0", 1 => $"{random.Next()}", 2 => $"{random.NextInt64()}", _ => $"-{random.Next(100)}" };
        return [.. bytes[..at], .. System.Text.Encoding.ASCII.GetBytes(number), .. bytes[end..]];
    }
}
