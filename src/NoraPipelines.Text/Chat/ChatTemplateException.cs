namespace NoraPipelines.Chat;

/// <summary>A chat template is missing or damaged, or refuses the messages.</summary>
public sealed class ChatTemplateException(string message, Exception? inner = null) : TextException(message, inner);
