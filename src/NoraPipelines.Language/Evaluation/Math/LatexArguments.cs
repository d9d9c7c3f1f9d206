using System.Text;

namespace NoraPipelines.Evaluation;

/// <summary>Writes the arguments of \frac, \sqrt, powers and indices in one way. Text without spaces in, text without spaces out.</summary>
internal static class LatexArguments
{
    public static string Normalise(string text) => Write(LatexText.Tokens(text));

    private static string Write(List<string> tokens)
    {
        var text = new StringBuilder();
        for (var i = 0; i < tokens.Count;)
        {
            var token = tokens[i++];
            text.Append(token switch
            {
                @"\frac" => Fraction(tokens, ref i, text.Length == 0 || !(char.IsLetterOrDigit(text[^1]) || text[^1] is '}' or ')')),
                @"\sqrt" => Root(tokens, ref i),
                "^" or "_" => Script(token, tokens, ref i),
                _ => token,
            });
        }
        return text.ToString();
    }

    /// <summary>\frac12, \frac1{2} and \frac 1 2 → \frac{1}{2}; a sign stands before the whole, where nothing is multiplied by it.</summary>
    private static string Fraction(List<string> tokens, ref int at, bool alone)
    {
        var behind = at;
        if (LatexText.Argument(tokens, ref behind) is not { } over || LatexText.Argument(tokens, ref behind) is not { } under) return @"\frac";
        at = behind;
        var (above, below, sign) = (Write(over), Write(under), "");
        if (alone && above.StartsWith('-') && above.IndexOfAny(['+', '-'], 1) < 0) (above, sign) = (above[1..], "-");
        return $@"{sign}\frac{{{above}}}{{{below}}}";
    }

    /// <summary>\sqrt2 → \sqrt{2}; \sqrt[3]{2} as it is.</summary>
    private static string Root(List<string> tokens, ref int at)
    {
        var index = "";
        if (at < tokens.Count && tokens[at] == "[" && tokens.IndexOf("]", at) is > 0 and var close)
        {
            index = string.Concat(tokens.Skip(at).Take(close - at + 1));
            at = close + 1;
        }
        return LatexText.Argument(tokens, ref at) is { } under ? $@"\sqrt{index}{{{Write(under)}}}" : @"\sqrt" + index;
    }

    /// <summary>x^{2} → x^2; x^{10} keeps its braces.</summary>
    private static string Script(string mark, List<string> tokens, ref int at)
    {
        if (LatexText.Argument(tokens, ref at) is not { } script) return mark;
        var content = Write(script);
        return LatexText.Tokens(content).Count == 1 ? mark + content : $"{mark}{{{content}}}";
    }
}
