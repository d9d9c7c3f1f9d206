namespace NoraPipelines.Chat;

/// <summary>What somebody says in a conversation.</summary>
/// <param name="Role">system, user or assistant, as the data name it; a template may know others.</param>
public sealed record ChatMessage(string Role, string Content)
{
    public const string System = "system";
    public const string User = "user";
    public const string Assistant = "assistant";
}
