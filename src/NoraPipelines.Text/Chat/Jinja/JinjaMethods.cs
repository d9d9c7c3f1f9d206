using System.Text;

namespace NoraPipelines.Chat.Jinja;

/// <summary>Methods of Python's texts, mappings and lists that published templates call; those that change a value are not there.</summary>
internal static class JinjaMethods
{
    public static JinjaFunction? Find(object? owner, string name) => owner switch
    {
        string text => OfText(text, name),
        IDictionary<object, object?> mapping => OfMapping(mapping, name),
        List<object?> list => OfList(list, name),
        _ => null,
    };

    public static string Strip(string text, string? letters, bool left, bool right)
    {
        bool Goes(char letter) => letters is null ? char.IsWhiteSpace(letter) || letter is >= '\x1c' and <= '\x1f' : letters.Contains(letter);
        var (start, end) = (0, text.Length);
        while (left && start < end && Goes(text[start])) start++;
        while (right && end > start && Goes(text[end - 1])) end--;
        return text[start..end];
    }

    public static string Title(string text)
    {
        var result = new StringBuilder(text.Length);
        var inside = false;
        foreach (var letter in text)
        {
            result.Append(inside ? char.ToLowerInvariant(letter) : char.ToUpperInvariant(letter));
            inside = char.IsLetter(letter);
        }
        return result.ToString();
    }

    public static string Capitalize(string text) =>
        text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    public static string Replace(string text, string old, string with, long? count, JinjaBudget budget)
    {
        var result = new StringBuilder();
        var (at, left) = (0, count is null or < 0 ? long.MaxValue : count.Value);
        while (left > 0)
        {
            // An empty text is found before every character and at the end.
            var found = old.Length == 0 ? (result.Length == 0 && at == 0 ? 0 : at + 1) : text.IndexOf(old, at, StringComparison.Ordinal);
            if (found < 0 || found > text.Length) break;
            budget.Characters(with.Length + 1);
            result.Append(text, at, found - at).Append(with);
            at = found + old.Length;
            left--;
            if (old.Length == 0 && with.Length == 0) break;
        }
        budget.Characters(text.Length - at);
        return result.Append(text, at, text.Length - at).ToString();
    }

    private static JinjaFunction? OfText(string text, string name) => name switch
    {
        "strip" => call => Strip(text, Letters(call), true, true),
        "lstrip" => call => Strip(text, Letters(call), true, false),
        "rstrip" => call => Strip(text, Letters(call), false, true),
        "upper" => _ => text.ToUpperInvariant(),
        "lower" => _ => text.ToLowerInvariant(),
        "title" => _ => Title(text),
        "capitalize" => _ => Capitalize(text),
        "startswith" => call => Any(call, part => text.StartsWith(part, StringComparison.Ordinal)),
        "endswith" => call => Any(call, part => text.EndsWith(part, StringComparison.Ordinal)),
        "split" => call => Split(text, call, fromRight: false),
        "rsplit" => call => Split(text, call, fromRight: true),
        "splitlines" => _ => Lines(text),
        "replace" => call => Replace(text, call.Text(0, "old"), call.Text(1, "new"), call.Whole(2, "count"), call.Budget),
        "find" => call => (long)text.IndexOf(call.Text(0, "sub"), StringComparison.Ordinal),
        "rfind" => call => (long)text.LastIndexOf(call.Text(0, "sub"), StringComparison.Ordinal),
        "count" => call => call.Text(0, "sub") is { Length: > 0 } part ? (long)(text.Split(part).Length - 1) : text.Length + 1L,
        "join" => call => JinjaFilters.Run("join", call with { Positional = [call.Required(0, "iterable"), text] }),
        "removeprefix" => call => text.StartsWith(call.Text(0, "prefix"), StringComparison.Ordinal) ? text[call.Text(0, "prefix").Length..] : text,
        "removesuffix" => call => text.EndsWith(call.Text(0, "suffix"), StringComparison.Ordinal) ? text[..^call.Text(0, "suffix").Length] : text,
        "isdigit" => _ => text.Length > 0 && text.All(char.IsDigit),
        "isalpha" => _ => text.Length > 0 && text.All(char.IsLetter),
        "isspace" => _ => text.Length > 0 && text.All(char.IsWhiteSpace),
        _ => null,
    };

    private static JinjaFunction? OfMapping(IDictionary<object, object?> mapping, string name) => name switch
    {
        "get" => call => call.Required(0, "key") is { } key && mapping.TryGetValue(key, out var value) ? value : call.Optional(1, "default"),
        "items" => _ => mapping.Select(pair => (object?)new List<object?> { pair.Key, pair.Value }).ToList(),
        "keys" => _ => mapping.Keys.ToList<object?>(),
        "values" => _ => mapping.Values.ToList(),
        _ => null,
    };

    private static JinjaFunction? OfList(List<object?> list, string name) => name switch
    {
        "index" => call => list.FindIndex(item => JinjaOperators.AreEqual(item, call.Required(0, "value"))) is >= 0 and var place
            ? (long)place
            : throw call.Error("finds no such item"),
        "count" => call => (long)list.Count(item => JinjaOperators.AreEqual(item, call.Required(0, "value"))),
        _ => null,
    };

    private static string? Letters(JinjaCall call) => call.Optional(0, "chars") is null ? null : call.Text(0, "chars");

    private static bool Any(JinjaCall call, Func<string, bool> holds) =>
        call.Required(0, "prefix") is List<object?> parts ? parts.Exists(part => part is string text && holds(text)) : holds(call.Text(0, "prefix"));

    private static List<object?> Split(string text, JinjaCall call, bool fromRight)
    {
        var most = call.Whole(1, "maxsplit") is { } limit and >= 0 ? limit : int.MaxValue;
        var parts = new List<object?>();
        if (call.Optional(0, "sep") is null)
        {
            if (most != int.MaxValue) throw call.Error("takes `maxsplit` only with a separator");
            parts.AddRange(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            return JinjaOperators.Limited(parts);
        }
        var separator = call.Text(0, "sep");
        if (separator.Length == 0) throw call.Error("takes a separator that is not empty");
        var all = text.Split(separator);
        if (all.Length - 1 <= most) parts.AddRange(all);
        else if (fromRight) parts.AddRange([string.Join(separator, all[..^(int)most]), .. all[^(int)most..]]);
        else parts.AddRange([.. all[..(int)most], string.Join(separator, all[(int)most..])]);
        return JinjaOperators.Limited(parts);
    }

    private static List<object?> Lines(string text)
    {
        var lines = text.Replace("\r\n", "\n").Replace('\r', '\n').Split('\n').Select(line => (object?)line).ToList();
        if (lines[^1] is "") lines.RemoveAt(lines.Count - 1);
        return lines;
    }
}
