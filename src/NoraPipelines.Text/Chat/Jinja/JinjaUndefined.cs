namespace NoraPipelines.Chat.Jinja;

/// <summary>The value of a name that has none: writes nothing, is false, has no items; anything else with it is an error.</summary>
internal sealed record JinjaUndefined(string Name);
