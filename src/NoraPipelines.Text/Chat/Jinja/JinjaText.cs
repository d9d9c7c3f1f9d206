using System.Globalization;
using System.Text;

namespace NoraPipelines.Chat.Jinja;

/// <summary>Values as text: as Python's str and repr write them, and what they are called in messages.</summary>
internal static class JinjaText
{
    /// <exception cref="JinjaException">A special token that no file of the model names: a text without it would be another one.</exception>
    public static string Of(object? value) => value switch
    {
        string text => text,
        JinjaUndefined { Problem: { } problem, Name: var name } => throw new JinjaException($"the template writes `{name}`, which {problem}."),
        JinjaUndefined => "",
        _ => Representation(value),
    };

    public static string Kind(object? value) => value switch
    {
        null => "none",
        JinjaUndefined undefined => $"`{undefined.Name}`, which {undefined.Problem ?? "is undefined"}",
        string => "a text",
        bool => "a truth value",
        long or double => "a number",
        List<object?> => "a list",
        IDictionary<object, object?> => "a mapping",
        _ => "an object",
    };

    private static string Representation(object? value)
    {
        var text = new StringBuilder();
        Write(text, value, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value, int depth)
    {
        if (depth > 100) throw new JinjaException("a value is nested more than 100 deep.");
        switch (value)
        {
            case null: text.Append("None"); break;
            case true: text.Append("True"); break;
            case false: text.Append("False"); break;
            case long whole: text.Append(whole.ToString(CultureInfo.InvariantCulture)); break;
            case double number: text.Append(Number(number)); break;
            case string part: Quote(text, part); break;
            case JinjaUndefined: text.Append("Undefined"); break;
            case List<object?> list:
                text.Append('[');
                for (var i = 0; i < list.Count; i++)
                {
                    if (i > 0) text.Append(", ");
                    Write(text, list[i], depth + 1);
                }
                text.Append(']');
                break;
            case IDictionary<object, object?> mapping:
                text.Append('{');
                foreach (var (index, pair) in mapping.Index())
                {
                    if (index > 0) text.Append(", ");
                    Write(text, pair.Key, depth + 1);
                    text.Append(": ");
                    Write(text, pair.Value, depth + 1);
                }
                text.Append('}');
                break;
            default: text.Append("<object>"); break;
        }
    }

    /// <summary>Python writes 1.0, 0.1, 1e+16.</summary>
    internal static string Number(double number)
    {
        if (double.IsNaN(number)) return "nan";
        if (double.IsInfinity(number)) return number > 0 ? "inf" : "-inf";
        var text = number.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e");
        return text.Contains('.') || text.Contains('e') ? text : text + ".0";
    }

    private static void Quote(StringBuilder text, string part)
    {
        var quote = part.Contains('\'') && !part.Contains('"') ? '"' : '\'';
        text.Append(quote);
        foreach (var letter in part)
        {
            text.Append(letter switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\\' => "\\\\",
                _ when letter == quote => "\\" + quote,
                _ => letter.ToString(),
            });
        }
        text.Append(quote);
    }
}
