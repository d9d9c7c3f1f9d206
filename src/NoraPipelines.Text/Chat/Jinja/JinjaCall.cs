namespace NoraPipelines.Chat.Jinja;

/// <summary>The values that a function, filter, test or method is given.</summary>
/// <param name="What">How messages name it: "filter `join`".</param>
internal sealed record JinjaCall(string What, IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named, JinjaBudget Budget)
{
    /// <summary>The argument at a place or of a name, else a default.</summary>
    public object? Optional(int place, string name, object? otherwise = null) =>
        place < Positional.Count ? Positional[place] : Named.TryGetValue(name, out var value) ? value : otherwise;

    /// <exception cref="JinjaException">It is not given.</exception>
    public object? Required(int place, string name) =>
        place < Positional.Count || Named.ContainsKey(name) ? Optional(place, name) : throw Error($"misses the argument `{name}`");

    public string Text(int place, string name) => Optional(place, name) is string text
        ? text
        : throw Error($"takes a text as `{name}`, found {JinjaText.Kind(Optional(place, name))}");

    public long? Whole(int place, string name) => Optional(place, name) switch
    {
        null => null,
        long whole => whole,
        bool flag => flag ? 1 : 0,
        var other => throw Error($"takes a whole number as `{name}`, found {JinjaText.Kind(other)}"),
    };

    /// <summary>Refuses arguments beyond those that are known.</summary>
    public void Expect(int atMost, params string[] names)
    {
        if (Positional.Count > atMost) throw Error($"takes at most {atMost} arguments, found {Positional.Count}");
        if (Named.Keys.FirstOrDefault(name => !names.Contains(name)) is { } unknown) throw Error($"takes no argument `{unknown}`");
    }

    public JinjaException Error(string problem) => new($"{What} {problem}.");
}
