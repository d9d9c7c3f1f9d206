using System.Text;

namespace NoraPipelines.Plans;

/// <summary>
/// A text with {column} in it. {{ and }} stand for one brace each; any other use of braces is an error, so that a slip is not taught to a
/// model.
/// </summary>
public sealed class RowTemplate
{
    // Even: text as it stands; odd: a column's name.
    private readonly List<string> _parts;

    private RowTemplate(List<string> parts) => _parts = parts;

    /// <summary>The columns that the text names, each once, in order.</summary>
    public IEnumerable<string> Columns => _parts.Where((_, index) => index % 2 == 1).Distinct();

    /// <summary>What stands before the first column.</summary>
    public string Beginning => _parts[0];

    /// <summary>Reads a template; null with the problem where its braces are no {column}.</summary>
    public static RowTemplate? Parse(string text, out string problem)
    {
        var parts = new List<string>();
        var literal = new StringBuilder();
        problem = "";
        for (var i = 0; i < text.Length; i++)
        {
            var brace = text[i];
            if (brace is not ('{' or '}'))
            {
                literal.Append(brace);
                continue;
            }
            if (i + 1 < text.Length && text[i + 1] == brace)
            {
                literal.Append(brace);
                i++;
                continue;
            }
            var end = brace == '{' ? text.IndexOf('}', i) : -1;
            var name = end < 0 ? "" : text.Substring(i + 1, end - i - 1);
            if (name.Trim().Length == 0 || name != name.Trim() || name.IndexOfAny(['{', '\n', '%', ':', '!', '|']) >= 0)
            {
                var found = text.Substring(i, Math.Min(24, text.Length - i)).Replace("\n", "\\n");
                problem = $"'{found}' is no {{column}}; write a column's name between braces, and {{{{ or }}}} for a brace itself";
                return null;
            }
            parts.Add(literal.ToString());
            parts.Add(name);
            literal.Clear();
            i = end;
        }
        parts.Add(literal.ToString());
        return new RowTemplate(parts);
    }

    /// <summary>The text for a row.</summary>
    /// <param name="value">The text of a column.</param>
    public string Render(Func<string, string> value) => string.Concat(_parts.Select((part, index) => index % 2 == 1 ? value(part) : part));
}
