namespace NoraPipelines.Evaluation;

/// <summary>Finds \boxed{…}, with which MATH's worked solutions mark their answer.</summary>
internal static class Boxed
{
    /// <summary>
    /// What the last \boxed or \fbox holds, groups within it whole; for "\boxed 5" what follows up to the "$". Null where there is none.
    /// </summary>
    public static string? Last(string text)
    {
        var tokens = LatexText.Tokens(text);
        for (var at = tokens.Count - 1; at >= 0; at--)
        {
            if (tokens[at] is not (@"\boxed" or @"\fbox")) continue;
            var open = at + 1;
            while (open < tokens.Count && string.IsNullOrWhiteSpace(tokens[open])) open++;
            if (open == tokens.Count) continue;
            if (tokens[open] != "{") return string.Concat(tokens.Skip(open).TakeWhile(token => token != "$")).Trim();
            var end = LatexText.GroupEnd(tokens, open);
            if (end >= 0) return string.Concat(tokens.Skip(open + 1).Take(end - open - 1)).Trim();
        }
        return null;
    }
}
