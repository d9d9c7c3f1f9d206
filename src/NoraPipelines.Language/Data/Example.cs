using System.Text.Json;
using NoraPipelines.Chat;

namespace NoraPipelines.Data;

/// <summary>One row of a data set: what is asked and what is answered. Plain text has the prompt "".</summary>
/// <param name="Prompt">The question or instruction, without a template's frame.</param>
/// <param name="Response">The answer, or the whole of a plain text.</param>
public sealed record Example(string Prompt, string Response)
{
    /// <summary>What the instruction is about, where a data set keeps it apart (Alpaca's `input`); else "".</summary>
    public string Input { get; init; } = "";

    /// <summary>A whole conversation, where a row is one; prompt and response are then empty.</summary>
    public IReadOnlyList<ChatMessage>? Messages { get; init; }

    /// <summary>What a conversation's template sees beside the messages: <c>tools</c>, <c>documents</c> and others; null: nothing.</summary>
    public IReadOnlyDictionary<string, JsonElement>? ChatVariables { get; init; }

    /// <summary>Its place in the data set, from 1, where a split takes a part of the rows; null: as it comes.</summary>
    public int? Number { get; init; }

    /// <summary>What the row holds and nothing reads, to be told.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];
}
