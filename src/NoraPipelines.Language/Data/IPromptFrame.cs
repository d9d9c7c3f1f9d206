using NoraPipelines.Tokenization;

namespace NoraPipelines.Data;

/// <summary>How an item of a task is put to a model: as what was learnt begins, up to where the response begins.</summary>
public interface IPromptFrame
{
    /// <summary>What the name of a protocol says of it: plain, chat, custom.</summary>
    string Name { get; }

    /// <summary>What the frame puts before the response's own words; it belongs to the response, so no prompt ends in it.</summary>
    string BeforeAnswer => "";

    /// <summary>All that stands before the response.</summary>
    /// <exception cref="DataException">The frame does not fit the item.</exception>
    /// <exception cref="TextException">The chat template refuses it.</exception>
    string Prompt(Example item);

    /// <summary>A prompt of this frame as tokens, with every special token and without an end token.</summary>
    int[] Encode(TextTokenizer tokenizer, string prompt) => EncodedPrompt.Of(tokenizer, prompt);

    /// <summary>The tokens that end an answer.</summary>
    IReadOnlyList<int> EndIds(TextTokenizer tokenizer) => tokenizer.EndIds;

    /// <summary>What the answer is judged by.</summary>
    string Reference(Example item) => item.Response;
}
