using System.Text;

namespace NoraPipelines.Tokenization;

/// <summary>
/// Rewrites a pattern as the reference's regular expression library (Oniguruma, Ruby syntax) reads it for .NET's: \w and \d, whose
/// Unicode categories differ, are spelled out. What .NET has no word for is refused rather than read otherwise.
/// </summary>
internal static class OnigurumaSyntax
{
    private const string WordCategories = @"\p{L}\p{M}\p{Nd}\p{Pc}";

    /// <exception cref="NotSupportedException">The pattern holds something that has no counterpart in .NET.</exception>
    public static string Translate(string pattern)
    {
        if (pattern.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0)
            throw new NotSupportedException("a character beyond U+FFFF stands in the pattern, which is not supported");
        var result = new StringBuilder(pattern.Length + 16);
        var inClass = 0;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                var next = pattern[++i];
                if (next == 'w') result.Append(inClass > 0 ? WordCategories : $"[{WordCategories}]");
                else if (next == 'W' && inClass == 0) result.Append($"[^{WordCategories}]");
                else if (next == 'W') throw new NotSupportedException(@"\W inside [...] is not supported");
                else if (next is 'h' or 'H' or 'R' or 'X' or 'K' or 'y' or 'Y' or 'g' or 'O' or 'N')
                    throw new NotSupportedException($@"\{next} is not supported");
                else if (next == 'x' && i + 1 < pattern.Length && pattern[i + 1] == '{') i = AppendCodePoint(pattern, i + 2, result);
                else result.Append('\\').Append(next);
                continue;
            }
            if (c == '[')
            {
                if (inClass > 0) throw new NotSupportedException("a set within a set, like [a[bc]] or [[:alpha:]], is not supported");
                inClass++;
            }
            else if (c == ']' && inClass > 0 && !OpensClass(pattern, i)) inClass--;
            else if (c == '&' && inClass > 0 && i + 1 < pattern.Length && pattern[i + 1] == '&')
                throw new NotSupportedException("an intersection of sets, like [a-z&&[^x]], is not supported");
            else if (c == '+' && inClass == 0 && i > 0 && IsQuantifier(pattern, i - 1))
                throw new NotSupportedException("a possessive quantifier, like ++, is not supported");
            result.Append(c);
        }
        return result.ToString();
    }

    /// <summary>A ']' right after '[' or '[^' is a member of the set.</summary>
    private static bool OpensClass(string pattern, int at) =>
        pattern[at - 1] == '[' && !Escaped(pattern, at - 1)
        || at >= 2 && pattern[at - 1] == '^' && pattern[at - 2] == '[' && !Escaped(pattern, at - 2);

    private static bool IsQuantifier(string pattern, int at) => pattern[at] is '+' or '*' or '?' && !Escaped(pattern, at)
        && !(pattern[at] == '?' && at > 0 && pattern[at - 1] == '(' && !Escaped(pattern, at - 1));

    private static bool Escaped(string pattern, int at)
    {
        var slashes = 0;
        while (at - 1 - slashes >= 0 && pattern[at - 1 - slashes] == '\\') slashes++;
        return slashes % 2 == 1;
    }

    /// <summary>\x{20AC}, which .NET writes \u20AC.</summary>
    private static int AppendCodePoint(string pattern, int start, StringBuilder result)
    {
        var end = pattern.IndexOf('}', start);
        if (end < 0 || !ushort.TryParse(pattern.AsSpan(start, end - start), System.Globalization.NumberStyles.HexNumber, null, out var value))
            throw new NotSupportedException(@"\x{...} needs up to four hexadecimal digits");
        result.Append($@"\u{value:X4}");
        return end;
    }
}
