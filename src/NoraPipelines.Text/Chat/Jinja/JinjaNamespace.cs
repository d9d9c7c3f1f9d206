namespace NoraPipelines.Chat.Jinja;

/// <summary>What `namespace(…)` makes: names that `set` may change from inside a loop.</summary>
internal sealed class JinjaNamespace
{
    public Dictionary<string, object?> Values { get; } = new(StringComparer.Ordinal);
}
