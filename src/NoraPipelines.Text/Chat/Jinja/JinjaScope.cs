namespace NoraPipelines.Chat.Jinja;

/// <summary>Names and their values. A loop's body has a scope of its own, which ends with each round; `if` has none.</summary>
internal sealed class JinjaScope(JinjaScope? outer)
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    /// <summary>The template's own scope, which macros see.</summary>
    public JinjaScope Root => Outer?.Root ?? this;

    public void Set(string name, object? value) => _values[name] = value;

    public object? Get(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._values.TryGetValue(name, out var value)) return value;
        }
        return new JinjaUndefined(name);
    }

    private JinjaScope? Outer { get; } = outer;
}
