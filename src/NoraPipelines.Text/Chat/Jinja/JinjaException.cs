namespace NoraPipelines.Chat.Jinja;

/// <summary>A template that cannot be read or rendered; the message names its line.</summary>
public sealed class JinjaException(string message, Exception? inner = null) : TextException(message, inner);
