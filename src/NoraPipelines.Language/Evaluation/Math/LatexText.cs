using System.Text.RegularExpressions;

namespace NoraPipelines.Evaluation;

/// <summary>LaTeX as a list of tokens: a command ("\frac", "\!"), or one character.</summary>
internal static partial class LatexText
{
    public static List<string> Tokens(string text) => [.. Token().Matches(text).Select(match => match.Value)];

    /// <summary>Where the group ends that opens at <paramref name="open"/> ("{"): the place of its "}"; −1 if it never ends.</summary>
    public static int GroupEnd(IReadOnlyList<string> tokens, int open)
    {
        var depth = 0;
        for (var i = open; i < tokens.Count; i++)
        {
            if (tokens[i] == "{") depth++;
            else if (tokens[i] == "}" && --depth == 0) return i;
        }
        return -1;
    }

    /// <summary>The argument that begins at <paramref name="at"/>, spaces before it passed over: what a group holds, or one token.</summary>
    /// <param name="at">Moves behind the argument.</param>
    public static List<string>? Argument(IReadOnlyList<string> tokens, ref int at)
    {
        var start = at;
        while (start < tokens.Count && string.IsNullOrWhiteSpace(tokens[start])) start++;
        if (start >= tokens.Count || tokens[start] == "}") return null;
        if (tokens[start] != "{")
        {
            at = start + 1;
            return [tokens[start]];
        }
        var end = GroupEnd(tokens, start);
        if (end < 0) return null;
        at = end + 1;
        return [.. tokens.Skip(start + 1).Take(end - start - 1)];
    }

    [GeneratedRegex(@"\\[A-Za-z]+|\\.|.", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
