namespace NoraPipelines.Chat.Jinja;

/// <summary>The value of a name that has none: writes nothing, is false, has no items; anything else with it is an error.</summary>
/// <param name="Problem">Why writing it is an error too, after "`name`, which "; null: it is none.</param>
internal sealed record JinjaUndefined(string Name, string? Problem = null);
