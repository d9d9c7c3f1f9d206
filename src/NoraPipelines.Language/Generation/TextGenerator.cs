using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Generation;

/// <summary>Continues prompts token by token, several at once.</summary>
public static class TextGenerator
{
    /// <returns>
    /// For every prompt the new tokens, without the end token. Where a stop string ended a text, the tokens that spell it are among them:
    /// <see cref="StopStringWatch.Cut"/> takes it off the text.
    /// </returns>
    /// <exception cref="NoraException">
    /// A prompt is empty, holds an id outside the vocabulary, or leaves too few positions; or the options contradict themselves.
    /// </exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static IReadOnlyList<int[]> Generate(ICausalModel model, IReadOnlyList<int[]> prompts, GenerationOptions options)
    {
        options.Check();
        if (prompts.Count == 0 || options.MaxNewTokens == 0) return [.. prompts.Select(_ => Array.Empty<int>())];
        Check(model, prompts, options);

        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var rows = new GeneratingRows(model, prompts, options.MaxNewTokens, options.PadId);
        if (options.Decoding.Beams > 1) return [.. BeamSearch.Run(rows, prompts.Count, options).Select(hypothesis => hypothesis.Tokens)];
        var choose = options.Decoding.Sampling is { } sampling ? TokenChoices.Sampling(sampling) : TokenChoices.Greedy;
        return RowByRow.Run(rows, prompts.Count, options, choose);
    }

    /// <summary>Takes the most probable token each time.</summary>
    /// <param name="endId">A row that yields it is finished; null: every row gets all tokens.</param>
    /// <inheritdoc cref="Generate"/>
    public static IReadOnlyList<int[]> Greedy(
        ICausalModel model, IReadOnlyList<int[]> prompts, int maxNewTokens, int? endId, int padId, CancellationToken stop = default) =>
        Generate(model, prompts, Options(Decoding.Greedy, maxNewTokens, endId, padId, stop));

    /// <summary>Draws each token; the same seed gives the same texts.</summary>
    /// <inheritdoc cref="Greedy"/>
    public static IReadOnlyList<int[]> Sample(
        ICausalModel model, IReadOnlyList<int[]> prompts, int maxNewTokens, int? endId, int padId, SamplingOptions options,
        CancellationToken stop = default) =>
        Generate(model, prompts, Options(Decoding.Sample(options), maxNewTokens, endId, padId, stop));

    private static GenerationOptions Options(Decoding decoding, int maxNewTokens, int? endId, int padId, CancellationToken stop) => new()
    {
        MaxNewTokens = maxNewTokens,
        Decoding = decoding,
        EndIds = endId is { } end ? [end] : [],
        PadId = padId,
        Stop = stop,
    };

    private static void Check(ICausalModel model, IReadOnlyList<int[]> prompts, GenerationOptions options)
    {
        var (vocabulary, positions) = (model.VocabularySize, model.LongestText);
        if (options.EndIds.Where(id => id < 0 || id >= vocabulary).Select(id => (int?)id).FirstOrDefault() is { } foreign)
        {
            throw new NoraException(
                $"The end token is {foreign}; the model knows 0 to {vocabulary - 1}. The tokenizer belongs to another model.");
        }
        for (var row = 0; row < prompts.Count; row++)
        {
            var prompt = prompts[row];
            if (prompt.Length == 0)
                throw new NoraException($"Prompt {row + 1} has no tokens; a model needs at least one, such as its begin token.");
            foreach (var id in prompt)
            {
                if (id >= 0 && id < vocabulary) continue;
                throw new NoraException(
                    $"Prompt {row + 1} holds token {id}; the model knows 0 to {vocabulary - 1}. The tokenizer belongs to another model.");
            }
            if ((long)prompt.Length + options.MaxNewTokens <= positions) continue;
            throw new NoraException(
                $"Prompt {row + 1} has {prompt.Length:N0} tokens and {options.MaxNewTokens:N0} more were asked for; the model has " +
                $"{positions:N0} positions. Shorten the prompt or ask for at most {Math.Max(0, positions - prompt.Length):N0} new tokens.");
        }
    }
}
