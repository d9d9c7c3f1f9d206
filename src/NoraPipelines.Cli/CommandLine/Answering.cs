using NoraPipelines.Generation;
using NoraPipelines.Plans;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>Lets a model answer one prompt.</summary>
internal static class Answering
{
    /// <param name="live">Gets the answer as it is written, a new line at its end; null: nothing does.</param>
    /// <param name="endIds">The tokens that end the answer; null: the tokenizer's.</param>
    /// <returns>The answer without the end token and without a stop string, and its number of tokens.</returns>
    /// <exception cref="NoraException">The prompt leaves no room for an answer.</exception>
    public static (string Text, int Tokens) Answer(
        TextWriting writing, int[] prompt, int maxTokens, Decoding decoding, TextWriter? live, CancellationToken stop,
        IReadOnlyList<int>? endIds = null)
    {
        var (model, tokenizer) = (writing.Model, writing.Tokenizer);
        var room = model.LongestText - prompt.Length;
        if (room < 1)
            throw new NoraException($"The prompt has {prompt.Length} tokens, and the model {model.LongestText} positions. Shorten the prompt.");
        var length = Math.Min(maxTokens, room);
        var stream = live is null || decoding.Beams > 1 ? null : new LiveAnswer(live, tokenizer, decoding.StopStrings);
        var ids = TextGenerator.Generate(model, [prompt], new()
        {
            MaxNewTokens = length,
            Decoding = decoding with { MinNewTokens = Math.Min(decoding.MinNewTokens, length) },
            EndIds = endIds ?? tokenizer.EndIds,
            PadId = tokenizer.PadId ?? tokenizer.EndId ?? 0,
            Tokenizer = tokenizer,
            OnToken = stream is null ? null : (_, id) => stream.Push(id),
            Stop = stop,
        })[0];
        var text = StopStringWatch.Cut(tokenizer.Decode(ids), decoding.StopStrings);
        if (stream is not null) stream.Finish();
        else live?.WriteLine(ShownText.Of(text));
        return (text, ids.Length);
    }
}
