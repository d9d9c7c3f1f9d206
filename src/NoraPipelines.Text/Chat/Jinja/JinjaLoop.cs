namespace NoraPipelines.Chat.Jinja;

/// <summary>The name `loop` and the loop's own names.</summary>
internal static class JinjaLoop
{
    public static OrderedDictionary<object, object?> Of(List<object?> items, int index) => new()
    {
        ["index"] = index + 1L,
        ["index0"] = (long)index,
        ["revindex"] = (long)(items.Count - index),
        ["revindex0"] = items.Count - index - 1L,
        ["first"] = index == 0,
        ["last"] = index == items.Count - 1,
        ["length"] = (long)items.Count,
        ["previtem"] = index > 0 ? items[index - 1] : new JinjaUndefined("loop.previtem"),
        ["nextitem"] = index + 1 < items.Count ? items[index + 1] : new JinjaUndefined("loop.nextitem"),
        ["cycle"] = (JinjaFunction)(call => call.Positional.Count > 0
            ? call.Positional[index % call.Positional.Count]
            : throw call.Error("takes at least one value")),
    };

    public static void Bind(JinjaStatement.For loop, object? item, JinjaScope scope)
    {
        if (loop.Names.Count == 1)
        {
            scope.Set(loop.Names[0], item);
            return;
        }
        var parts = JinjaSequences.Items(item, $"line {loop.Line}: a loop with {loop.Names.Count} names");
        if (parts.Count != loop.Names.Count)
            throw new JinjaException($"line {loop.Line}: the loop has {loop.Names.Count} names, an item has {parts.Count} values.");
        for (var i = 0; i < parts.Count; i++) scope.Set(loop.Names[i], parts[i]);
    }
}
