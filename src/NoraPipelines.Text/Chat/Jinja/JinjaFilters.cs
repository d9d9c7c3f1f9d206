using System.Globalization;

namespace NoraPipelines.Chat.Jinja;

/// <summary>`| …`: what filters make of the value before them.</summary>
internal static class JinjaFilters
{
    public static object? Run(string name, JinjaCall call)
    {
        var value = call.Positional[0];
        switch (name)
        {
            case "trim": return JinjaMethods.Strip(JinjaText.Of(value), call.Optional(1, "chars") as string, true, true);
            case "length" or "count": return JinjaSequences.Length(value);
            case "upper": return JinjaText.Of(value).ToUpperInvariant();
            case "lower": return JinjaText.Of(value).ToLowerInvariant();
            case "title": return JinjaMethods.Title(JinjaText.Of(value));
            case "capitalize": return JinjaMethods.Capitalize(JinjaText.Of(value));
            case "string": return JinjaText.Of(value);
            case "safe": return value;
            case "e" or "escape": return Escape(JinjaText.Of(value));
            case "default" or "d": return Default(value, call);
            case "tojson": return call.Budget.Text(JinjaJson.Write(value, (int?)Indent(call)));
            case "replace": return JinjaMethods.Replace(JinjaText.Of(value), call.Text(1, "old"), call.Text(2, "new"), call.Whole(3, "count"), call.Budget);
            case "indent": return IndentLines(JinjaText.Of(value), call);
            case "int": return ToWhole(value, call);
            case "float": return ToReal(value, call);
            case "abs": return value is long whole ? (object)Math.Abs(Math.Max(whole, -long.MaxValue)) : Math.Abs(Number(value, call));
            case "round": return Math.Round(Number(value, call), (int)Math.Clamp(call.Whole(1, "precision") ?? 0, 0, 15), MidpointRounding.ToEven);
            default: return JinjaListFilters.Run(name, call);
        }
    }

    private static object? Default(object? value, JinjaCall call)
    {
        call.Expect(3, "default_value", "boolean");
        var absent = value is JinjaUndefined || (JinjaOperators.IsTrue(call.Optional(2, "boolean")) && !JinjaOperators.IsTrue(value));
        return absent ? call.Optional(1, "default_value", "") : value;
    }

    private static long? Indent(JinjaCall call)
    {
        call.Expect(2, "indent", "ensure_ascii", "sort_keys", "separators");
        foreach (var name in (string[])["sort_keys", "separators", "ensure_ascii"])
        {
            if (JinjaOperators.IsTrue(call.Optional(int.MaxValue, name))) throw call.Error($"supports `indent` only, found `{name}`");
        }
        return call.Whole(1, "indent") is { } indent ? Math.Clamp(indent, 0, 100) : null;
    }

    private static string IndentLines(string text, JinjaCall call)
    {
        call.Expect(4, "width", "first", "blank");
        var margin = call.Optional(1, "width", 4L) is string given ? given : new string(' ', (int)Math.Clamp(call.Whole(1, "width") ?? 4, 0, 1000));
        var first = JinjaOperators.IsTrue(call.Optional(2, "first"));
        var blank = JinjaOperators.IsTrue(call.Optional(3, "blank"));
        var lines = text.Split('\n');
        call.Budget.Characters(text.Length + (long)lines.Length * margin.Length);
        for (var i = 0; i < lines.Length; i++)
            if (i == 0 ? first : blank || lines[i].Length > 0) lines[i] = margin + lines[i];
        return string.Join('\n', lines);
    }

    private static object? ToWhole(object? value, JinjaCall call) => value switch
    {
        long whole => whole,
        bool flag => flag ? 1L : 0L,
        double number when Math.Abs(number) < long.MaxValue => (long)number,
        string text when long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        string text when double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number) < long.MaxValue => (long)number,
        _ => call.Optional(1, "default", 0L),
    };

    private static object? ToReal(object? value, JinjaCall call) => value switch
    {
        string text when double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ when JinjaOperators.Number(value) is { } number => number,
        _ => call.Optional(1, "default", 0.0),
    };

    private static double Number(object? value, JinjaCall call) =>
        JinjaOperators.Number(value) ?? throw call.Error($"takes a number, found {JinjaText.Kind(value)}");

    private static string Escape(string text) =>
        text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&#34;").Replace("'", "&#39;");
}
