using System.Text;

namespace NoraPipelines.Evaluation;

/// <summary>
/// Brings each element of a tuple, an interval, a set, a list or a matrix into one form; the marks between them stay as they are, and
/// so does what follows a closing one, for it is part of a sum or a product: (a+5)(b+2).
/// </summary>
internal static class MathElements
{
    /// <param name="text">Without spaces that mean nothing, its arguments in one form.</param>
    public static string Form(string text)
    {
        var tokens = LatexText.Tokens(text);
        var (form, element) = (new StringBuilder(), new StringBuilder());
        var begins = true;
        for (var i = 0; i < tokens.Count;)
        {
            if (tokens[i] == "{" && LatexText.GroupEnd(tokens, i) is > 0 and var end)
            {
                while (i <= end) element.Append(tokens[i++]);
                continue;
            }
            var mark = Mark(tokens, ref i);
            if (mark is null) element.Append(tokens[i++]);
            else Close(mark);
        }
        Close("");
        return form.ToString();

        void Close(string mark)
        {
            var part = element.ToString();
            if (part.Length > 0) form.Append(begins ? MathValue.Form(part) : part);
            element.Clear();
            form.Append(mark);
            begins = mark is not (")" or "]" or @"\}") && !mark.StartsWith(@"\end", StringComparison.Ordinal);
        }
    }

    /// <summary>The mark that stands at <paramref name="at"/>, which moves behind it; null if none does.</summary>
    private static string? Mark(List<string> tokens, ref int at)
    {
        if (tokens[at] is "," or "(" or ")" or "[" or "]" or "&" or @"\\" or @"\{" or @"\}") return tokens[at++];
        if (tokens[at] is not (@"\begin" or @"\end")) return null;
        var command = tokens[at];
        var behind = at + 1;
        if (LatexText.Argument(tokens, ref behind) is not { } name) return null;
        at = behind;
        return $"{command}{{{string.Concat(name)}}}";
    }
}
