namespace NoraPipelines.Chat.Jinja;

/// <summary>Something that a template can call.</summary>
internal delegate object? JinjaFunction(JinjaCall call);
