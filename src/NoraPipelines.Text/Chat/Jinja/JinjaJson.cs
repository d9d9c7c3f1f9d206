using System.Globalization;
using System.Text;

namespace NoraPipelines.Chat.Jinja;

/// <summary>The filter `tojson` as transformers defines it: Python's json.dumps without escapes of other scripts.</summary>
internal static class JinjaJson
{
    public static string Write(object? value, int? indent)
    {
        var text = new StringBuilder();
        Write(text, value, indent, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value, int? indent, int depth)
    {
        if (depth > 100) throw new JinjaException("filter `tojson` is given a value that is nested more than 100 deep.");
        switch (value)
        {
            case null: text.Append("null"); break;
            case true: text.Append("true"); break;
            case false: text.Append("false"); break;
            case long whole: text.Append(whole.ToString(CultureInfo.InvariantCulture)); break;
            case double number: text.Append(JinjaText.Number(number)); break;
            case string part: Quote(text, part); break;
            case List<object?> list:
                Items(text, '[', ']', list.Count, indent, depth, i => Write(text, list[i], indent, depth + 1));
                break;
            case IDictionary<object, object?> mapping:
                var pairs = mapping.ToArray();
                Items(text, '{', '}', pairs.Length, indent, depth, i =>
                {
                    Quote(text, Key(pairs[i].Key));
                    text.Append(": ");
                    Write(text, pairs[i].Value, indent, depth + 1);
                });
                break;
            default: throw new JinjaException($"filter `tojson` cannot write {JinjaText.Kind(value)}.");
        }
    }

    /// <summary>JSON's names are texts: numbers and truth values are written as one.</summary>
    private static string Key(object key) => key as string ?? Write(key, null);

    private static void Items(StringBuilder text, char open, char close, int count, int? indent, int depth, Action<int> write)
    {
        text.Append(open);
        for (var i = 0; i < count; i++)
        {
            if (i > 0) text.Append(indent is null ? ", " : ",");
            NewLine(text, indent, depth + 1);
            write(i);
        }
        if (count > 0) NewLine(text, indent, depth);
        text.Append(close);
    }

    private static void NewLine(StringBuilder text, int? indent, int depth)
    {
        if (indent is { } width) text.Append('\n').Append(' ', width * depth);
    }

    private static void Quote(StringBuilder text, string part)
    {
        text.Append('"');
        foreach (var letter in part)
        {
            text.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' => "\\u" + ((int)letter).ToString("x4", CultureInfo.InvariantCulture),
                _ => letter.ToString(),
            });
        }
        text.Append('"');
    }
}
