namespace NoraPipelines.Chat.Jinja;

/// <summary>Functions that every template has.</summary>
internal static class JinjaGlobals
{
    public static void Define(JinjaScope scope)
    {
        scope.Set("namespace", (JinjaFunction)(call =>
        {
            call.Expect(0, [.. call.Named.Keys]);
            var space = new JinjaNamespace();
            foreach (var (name, value) in call.Named) space.Values[name] = value;
            return space;
        }));
        scope.Set("dict", (JinjaFunction)(call =>
        {
            var mapping = new OrderedDictionary<object, object?>();
            foreach (var (name, value) in call.Named) mapping[name] = value;
            return mapping;
        }));
        scope.Set("range", (JinjaFunction)Range);
        scope.Set("raise_exception", (JinjaFunction)(call =>
            throw new JinjaException("the template refuses these messages: " + JinjaText.Of(call.Optional(0, "message", "")), new InvalidOperationException())));
    }

    private static object? Range(JinjaCall call)
    {
        call.Expect(3);
        var first = call.Whole(0, "start") ?? throw call.Error("takes one to three whole numbers");
        var last = call.Positional.Count > 1 ? call.Whole(1, "stop")!.Value : first;
        if (call.Positional.Count == 1) first = 0;
        var step = call.Whole(2, "step") ?? 1;
        if (step == 0) throw call.Error("takes a step other than 0");
        var list = new List<object?>();
        for (var i = first; step > 0 ? i < last : i > last; i += step)
        {
            if (list.Count == JinjaBudget.MostItems) throw call.Error($"makes more than {JinjaBudget.MostItems:N0} numbers");
            list.Add(i);
        }
        return list;
    }
}
