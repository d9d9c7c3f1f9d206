namespace NoraPipelines.Chat;

/// <summary>A conversation as the text that a model reads.</summary>
/// <param name="AssistantSpans">
/// Characters [start, end) that the assistant says, its turn's end marker included; in order, apart. One for each message of the
/// assistant, unless the template has generation blocks.
/// </param>
public sealed record RenderedChat(string Text, IReadOnlyList<(int Start, int End)> AssistantSpans);
