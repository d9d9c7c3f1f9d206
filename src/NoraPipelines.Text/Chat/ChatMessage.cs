using System.Collections.ObjectModel;
using System.Text.Json;

namespace NoraPipelines.Chat;

/// <summary>What somebody says in a conversation.</summary>
/// <param name="Role">system, user, assistant or tool, as the data name it; a template may know others.</param>
/// <param name="Content">The text; of a list of text parts all of them, one after the other; "" where there is none.</param>
public sealed record ChatMessage(string Role, string Content)
{
    public const string System = "system";
    public const string User = "user";
    public const string Assistant = "assistant";
    public const string Tool = "tool";

    /// <summary>
    /// What else the message holds, for the template: tool_calls, reasoning_content, name …; and <c>content</c>, where it is null or a list
    /// of text parts.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement> Fields { get; init; } = ReadOnlyDictionary<string, JsonElement>.Empty;

    /// <summary>Whether training learns what the assistant says here.</summary>
    public bool IsLearnt { get; init; } = true;
}
