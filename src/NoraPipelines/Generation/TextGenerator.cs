using NoraPipelines.Models.Llama;
using static TorchSharp.torch;

namespace NoraPipelines.Generation;

/// <summary>Continues prompts token by token, several at once. Stop strings are the caller's affair.</summary>
// Legend: rows = prompts that are still being continued, width = the longest prompt.
public static class TextGenerator
{
    /// <summary>Takes the most probable token each time.</summary>
    /// <returns>For every prompt the new tokens, without the end token.</returns>
    /// <param name="endId">A row that yields it is finished; null: every row gets all tokens.</param>
    /// <param name="padId">Stands left of shorter prompts; no other token sees it.</param>
    /// <param name="stop">Ends the generation between two tokens.</param>
    /// <exception cref="NoraException">A prompt is empty, holds an id outside the vocabulary, or leaves too few positions.</exception>
    public static IReadOnlyList<int[]> Greedy(
        LlamaModel model, IReadOnlyList<int[]> prompts, int maxNewTokens, int? endId, int padId, CancellationToken stop = default) =>
        Generate(model, prompts, maxNewTokens, endId, padId, TokenChoices.Greedy, stop);

    /// <summary>Draws each token; the same seed gives the same texts.</summary>
    /// <inheritdoc cref="Greedy"/>
    public static IReadOnlyList<int[]> Sample(
        LlamaModel model, IReadOnlyList<int[]> prompts, int maxNewTokens, int? endId, int padId, SamplingOptions options,
        CancellationToken stop = default)
    {
        options.Check();
        return Generate(model, prompts, maxNewTokens, endId, padId, TokenChoices.Sampling(options), stop);
    }

    private static int[][] Generate(
        LlamaModel model, IReadOnlyList<int[]> prompts, int maxNewTokens, int? endId, int padId, TokenChoice choose, CancellationToken stop)
    {
        if (prompts.Count == 0 || maxNewTokens == 0) return [.. prompts.Select(_ => Array.Empty<int>())];
        Check(model, prompts, maxNewTokens);

        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var rows = new GeneratingRows(model, prompts, maxNewTokens, padId);
        var results = prompts.Select(_ => new List<int>()).ToArray();
        for (var step = 0; ; step++)
        {
            stop.ThrowIfCancellationRequested();
            using var stepScope = NewDisposeScope();
            var chosen = choose(rows.NextLogits(), rows.Streams, step); // [rows]
            rows.Accept(chosen, results, endId);
            if (rows.Count == 0 || step + 1 == maxNewTokens) break;
        }
        return [.. results.Select(result => result.ToArray())];
    }

    private static void Check(LlamaModel model, IReadOnlyList<int[]> prompts, int maxNewTokens)
    {
        if (maxNewTokens < 0) throw new NoraException($"{maxNewTokens} new tokens were asked for; the number cannot be negative.");
        var (vocabulary, positions) = (model.Shape.VocabularySize, model.Shape.MaxPositions);
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
            if ((long)prompt.Length + maxNewTokens <= positions) continue;
            throw new NoraException(
                $"Prompt {row + 1} has {prompt.Length:N0} tokens and {maxNewTokens:N0} more were asked for; the model has {positions:N0} " +
                $"positions. Shorten the prompt or ask for at most {Math.Max(0, positions - prompt.Length):N0} new tokens.");
        }
    }
}
