using System.Text;

namespace NoraPipelines.Chat.Jinja;

/// <summary>Items, lengths and slices. A text's items are its characters: code points, as in Python.</summary>
internal static class JinjaSequences
{
    public static List<object?> Items(object? value, string user) => value switch
    {
        List<object?> list => list,
        IDictionary<object, object?> mapping => [.. mapping.Keys],
        string text => JinjaOperators.Limited([.. text.EnumerateRunes().Select(rune => rune.ToString())]),
        JinjaUndefined => [],
        _ => throw new JinjaException($"{user} goes over a list, a mapping or a text, found {JinjaText.Kind(value)}."),
    };

    public static long Length(object? value) => value switch
    {
        string text => text.EnumerateRunes().Count(),
        JinjaUndefined => 0,
        _ => Items(value, "length").Count,
    };

    /// <summary>a[b]; undefined where there is none.</summary>
    public static object? Item(object? owner, object? key)
    {
        switch (owner, key)
        {
            case (IDictionary<object, object?> mapping, { } name):
                return mapping.TryGetValue(name, out var value) ? value : new JinjaUndefined(JinjaText.Of(name));
            case (JinjaNamespace space, string name):
                return space.Values.TryGetValue(name, out var held) ? held : new JinjaUndefined(name);
            case (List<object?> or string, long index):
                var items = Items(owner, "an index");
                var place = index < 0 ? index + items.Count : index;
                return place >= 0 && place < items.Count ? items[(int)place] : new JinjaUndefined($"item {index}");
            case (JinjaUndefined undefined, _):
                throw new JinjaException($"`{undefined.Name}` is undefined and has no `{JinjaText.Of(key)}`.");
            default: return new JinjaUndefined(JinjaText.Of(key));
        }
    }

    public static object? Slice(object? owner, long? first, long? last, long? step)
    {
        if (step == 0) throw new JinjaException("a slice's step is 0.");
        if (owner is not (List<object?> or string)) throw new JinjaException($"a slice is taken of a list or a text, found {JinjaText.Kind(owner)}.");
        var items = Items(owner, "a slice");
        var taken = new List<object?>();
        var by = step ?? 1;
        var start = Bound(first, items.Count, by > 0 ? 0 : items.Count - 1, by);
        var end = Bound(last, items.Count, by > 0 ? items.Count : -1, by);
        for (var i = start; by > 0 ? i < end : i > end; i += by) taken.Add(items[(int)i]);
        if (owner is not string) return taken;
        var text = new StringBuilder();
        foreach (var item in taken) text.Append((string)item!);
        return text.ToString();
    }

    private static long Bound(long? given, int count, long otherwise, long step)
    {
        if (given is not { } index) return otherwise;
        if (index < 0) index = Math.Max(index, -count - 1L) + count;
        return step > 0 ? Math.Clamp(index, 0, count) : Math.Clamp(index, -1, count - 1);
    }
}
