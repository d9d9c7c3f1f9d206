namespace NoraPipelines.Chat.Jinja;

/// <summary>Filters of lists and mappings.</summary>
internal static class JinjaListFilters
{
    public static object? Run(string name, JinjaCall call)
    {
        var value = call.Positional[0];
        return name switch
        {
            "list" => Items(call).ToList(),
            "first" => Items(call) is [var first, ..] ? first : new JinjaUndefined("the first item of nothing"),
            "last" => Items(call) is [.., var last] ? last : new JinjaUndefined("the last item of nothing"),
            "reverse" => value is string text ? string.Concat(JinjaSequences.Items(text, "reverse").AsEnumerable().Reverse()) : Enumerable.Reverse(Items(call)).ToList(),
            "join" => Join(call),
            "map" => Map(call),
            "select" => Select(call, keep: true, attribute: false),
            "reject" => Select(call, keep: false, attribute: false),
            "selectattr" => Select(call, keep: true, attribute: true),
            "rejectattr" => Select(call, keep: false, attribute: true),
            "items" => value is JinjaUndefined ? [] : Pairs(call),
            "dictsort" => DictSort(call),
            "sort" => Sort(call),
            "unique" => Unique(Items(call)),
            "sum" => Items(call).Aggregate((object?)0L, (sum, item) => JinjaOperators.Arithmetic("+", sum, item, call.Budget)),
            "min" => Extreme(call, -1),
            "max" => Extreme(call, 1),
            _ => throw new JinjaException($"the filter `{name}` is not supported."),
        };
    }

    private static readonly Dictionary<string, object?> NoNames = [];

    private static List<object?> Items(JinjaCall call) => JinjaSequences.Items(call.Positional[0], call.What);

    private static string Join(JinjaCall call)
    {
        call.Expect(3, "d", "attribute");
        var parts = Items(call).AsEnumerable();
        if (call.Optional(2, "attribute") is { } attribute) parts = parts.Select(item => JinjaSequences.Item(item, attribute));
        var texts = parts.Select(JinjaText.Of).ToList();
        var between = JinjaText.Of(call.Optional(1, "d", ""));
        call.Budget.Characters(texts.Sum(text => (long)text.Length + between.Length));
        return string.Join(between, texts);
    }

    private static List<object?> Map(JinjaCall call)
    {
        if (call.Named.TryGetValue("attribute", out var attribute))
            return [.. Items(call).Select(item => JinjaSequences.Item(item, attribute) is var found && found is JinjaUndefined && call.Named.TryGetValue("default", out var otherwise) ? otherwise : found)];
        var filter = call.Text(1, "filter");
        return [.. Items(call).Select(item =>
        {
            call.Budget.Step();
            return JinjaFilters.Run(filter, call with { What = $"filter `{filter}`", Positional = [item, .. call.Positional.Skip(2)] });
        })];
    }

    private static List<object?> Select(JinjaCall call, bool keep, bool attribute)
    {
        var place = attribute ? 2 : 1;
        var key = attribute ? call.Required(1, "attribute") : null;
        return [.. Items(call).Where(item =>
        {
            call.Budget.Step();
            var value = attribute ? JinjaSequences.Item(item, key) : item;
            if (call.Positional.Count <= place) return JinjaOperators.IsTrue(value) == keep;
            var test = JinjaText.Of(call.Positional[place]) switch { "==" => "eq", "!=" => "ne", ">" => "gt", "<" => "lt", var name => name };
            return JinjaTests.Run(test, call with { What = $"test `{test}`", Positional = [value, .. call.Positional.Skip(place + 1)] }) == keep;
        })];
    }

    private static List<object?> Pairs(JinjaCall call) => call.Positional[0] is IDictionary<object, object?> mapping
        ? [.. mapping.Select(pair => new List<object?> { pair.Key, pair.Value })]
        : throw call.Error($"takes a mapping, found {JinjaText.Kind(call.Positional[0])}");

    private static List<object?> Sort(JinjaCall call)
    {
        call.Expect(4, "reverse", "case_sensitive", "attribute");
        var attribute = call.Optional(3, "attribute");
        var exact = JinjaOperators.IsTrue(call.Optional(2, "case_sensitive"));
        var order = Comparer<object?>.Create(JinjaOperators.Compare);
        object? Key(object? item)
        {
            var key = attribute is null ? item : JinjaSequences.Item(item, attribute);
            return key is string text && !exact ? text.ToLowerInvariant() : key;
        }
        try
        {
            return JinjaOperators.IsTrue(call.Optional(1, "reverse"))
                ? [.. Items(call).OrderByDescending(Key, order)]
                : [.. Items(call).OrderBy(Key, order)];
        }
        catch (InvalidOperationException failed) when (failed.InnerException is JinjaException problem)
        {
            throw call.Error("cannot order its items: " + problem.Message.TrimEnd('.'));
        }
    }

    private static List<object?> DictSort(JinjaCall call)
    {
        call.Expect(4, "case_sensitive", "by", "reverse");
        var place = JinjaText.Of(call.Optional(2, "by", "key")) == "value" ? 1L : 0L;
        return Sort(call with { Positional = [Pairs(call), call.Optional(3, "reverse"), call.Optional(1, "case_sensitive"), place], Named = NoNames });
    }

    private static List<object?> Unique(List<object?> items)
    {
        var kept = new List<object?>();
        foreach (var item in items)
            if (!kept.Exists(other => JinjaOperators.AreEqual(other, item))) kept.Add(item);
        return kept;
    }

    private static object? Extreme(JinjaCall call, int sign)
    {
        var items = Items(call);
        if (items.Count == 0) return new JinjaUndefined("an item of nothing");
        return items.Aggregate((best, item) => JinjaOperators.Compare(item, best) * sign > 0 ? item : best);
    }
}
