using NoraPipelines.Data;
using NoraPipelines.Generation;
using NoraPipelines.Models;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Evaluation;

/// <summary>Lets a model answer prompts, batch after batch, and judges, counts and logs the answers as they come.</summary>
internal sealed class ModelAnswers(ICausalModel model, TextTokenizer tokenizer, int batch, int maxNewTokens)
{
    public required string Task { get; init; }

    /// <summary>Makes tokens of a prompt.</summary>
    public Func<TextTokenizer, string, int[]> Encode { get; init; } = EncodedPrompt.Of;

    /// <summary>The tokens that end an answer; null: the tokenizer's.</summary>
    public IReadOnlyList<int>? EndIds { get; init; }

    public Decoding Decoding { get; init; } = Decoding.Greedy;

    public string? PredictionsPath { get; init; }

    public Action<EvaluationProgress>? Progress { get; init; }

    public CancellationToken Stop { get; init; }

    /// <param name="judge">Row of the data set and what the model wrote → the line for predictions.jsonl.</param>
    public IReadOnlyList<Prediction> Judge(IReadOnlyList<string> prompts, Func<int, string, Prediction> judge)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNewTokens);
        if (prompts.Count == 0) throw new NoraException($"{Task}: there is no item to evaluate on.");
        using var mode = new EvaluationMode(model);
        using var log = new PredictionLog(PredictionsPath);
        var predictions = new List<Prediction>(prompts.Count);
        foreach (var rows in Enumerable.Range(0, prompts.Count).Chunk(batch))
        {
            var outputs = Answer(rows, [.. rows.Select(row => Encode(tokenizer, prompts[row]))]);
            var judged = rows.Zip(outputs, (row, output) =>
                judge(row, StopStringWatch.Cut(tokenizer.Decode(output), Decoding.StopStrings))).ToArray();
            log.Write(judged);
            predictions.AddRange(judged);
            Progress?.Invoke(new EvaluationProgress(Task, predictions.Count, prompts.Count));
        }
        return predictions;
    }

    /// <summary>
    /// A prompt that leaves fewer positions than new tokens were asked for is answered by itself, as far as the model goes: no
    /// answer depends on what else is in its batch.
    /// </summary>
    private int[][] Answer(int[] rows, int[][] prompts)
    {
        var room = prompts.Select(prompt => model.LongestText - prompt.Length).ToArray();
        if (Array.FindIndex(room, places => places < 1) is >= 0 and var full)
        {
            throw new NoraException($"{Task}: the prompt of item {rows[full] + 1} has {prompts[full].Length:N0} tokens, and the model " +
                $"has {model.LongestText:N0} positions: there is no room for an answer. Remove the item, or use a model with more.");
        }
        var answers = new int[prompts.Length][];
        var together = Enumerable.Range(0, prompts.Length).Where(i => room[i] >= maxNewTokens).ToArray();
        foreach (var (i, answer) in together.Zip(Generate(together, maxNewTokens))) answers[i] = answer;
        for (var i = 0; i < prompts.Length; i++) answers[i] ??= Generate([i], room[i])[0];
        return answers;

        IReadOnlyList<int[]> Generate(int[] which, int newTokens) =>
            TextGenerator.Generate(model, [.. which.Select(i => prompts[i])], new()
            {
                MaxNewTokens = newTokens,
                Decoding = Decoding with { MinNewTokens = Math.Min(Decoding.MinNewTokens, newTokens) },
                EndIds = EndIds ?? tokenizer.EndIds,
                PadId = tokenizer.PadId ?? tokenizer.EndId ?? 0,
                Tokenizer = tokenizer,
                Numbers = [.. which.Select(i => rows[i])],
                Stop = Stop,
            });
    }
}
