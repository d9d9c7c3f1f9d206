namespace NoraPipelines.Evaluation;

/// <summary>Where an answer that is announced in running text ends.</summary>
internal static class Sentence
{
    /// <summary>
    /// The text up to its sentence's end: a full stop with white space or nothing behind it, or the end of the line. Neither counts inside
    /// of braces or of an environment (a matrix is written over several lines), unless those never end.
    /// </summary>
    public static string First(string text)
    {
        var tokens = LatexText.Tokens(text.Trim());
        return string.Concat(tokens.Take(End(tokens, heedGroups: true) ?? End(tokens, heedGroups: false) ?? tokens.Count)).Trim();
    }

    /// <summary>The number of tokens before the end; null if a group is still open there.</summary>
    private static int? End(List<string> tokens, bool heedGroups)
    {
        var depth = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            depth += tokens[i] switch { "{" or @"\begin" => 1, "}" or @"\end" => -1, _ => 0 };
            if (heedGroups && depth > 0) continue;
            if (tokens[i] == "\n") return i;
            if (tokens[i] == "." && (i + 1 == tokens.Count || string.IsNullOrWhiteSpace(tokens[i + 1]))) return i;
        }
        return heedGroups && depth > 0 ? null : tokens.Count;
    }
}
