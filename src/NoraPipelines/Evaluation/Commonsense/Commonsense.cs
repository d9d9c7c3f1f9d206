using NoraPipelines.Data;
using NoraPipelines.Generation;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Evaluation;

/// <summary>
/// The commonsense sets of LLM-Adapters (Hu et al. 2023): the training prompt, left padding, 32 new tokens, 4 beams; the first option
/// that the output names is the answer, none is wrong.
/// </summary>
public static class Commonsense
{
    public const string Protocol = "commonsense-v1";

    /// <summary>Greedy instead of beams.</summary>
    public const string GreedyProtocol = "commonsense-greedy-v1";

    /// <summary>The most probable of the options, instead of what the model writes.</summary>
    public const string LikelihoodProtocol = "commonsense-likelihood-v1";

    /// <summary>New tokens of the protocol.</summary>
    public const int MaxNewTokens = 32;

    /// <summary>What a training answer says before its option.</summary>
    internal const string Opening = "the correct answer is ";

    /// <summary>The columns of the published files; what a row is judged by is its answer, not its output.</summary>
    public static ColumnMap Columns { get; } = new() { Prompt = "instruction", Input = "input", Response = "answer" };

    /// <summary>The protocol's decoding.</summary>
    public static Decoding Beams { get; } = Decoding.BeamSearch(4);

    /// <param name="frame">That of the training.</param>
    /// <param name="examples">Instruction and option, such as "answer2".</param>
    /// <param name="predictionsPath">Where each prediction is written as it comes; null: nowhere.</param>
    /// <param name="progress">Called after every batch.</param>
    /// <param name="decoding">Null: 4 beams, as the protocol has it; greedy is a variant of its own name, another is told in
    /// <see cref="Scores.Protocol"/>.</param>
    /// <param name="stop">Ends the evaluation between two tokens.</param>
    /// <returns>accuracy.</returns>
    /// <exception cref="DataException">A row's answer is no option of the set.</exception>
    /// <exception cref="NoraException">There is no item, or a prompt does not fit into the model.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static Scores Evaluate(ICausalModel model, TextTokenizer tokenizer, IPromptFrame frame, CommonsenseSet set,
        IReadOnlyList<Example> examples, int batch, int maxNewTokens = MaxNewTokens, string? predictionsPath = null,
        Action<EvaluationProgress>? progress = null, Decoding? decoding = null, CancellationToken stop = default)
    {
        var protocol = decoding is not null && ProtocolName.AreAlike(decoding, Decoding.Greedy) ? GreedyProtocol : ProtocolName.Of(Protocol, Beams, decoding);
        var gold = examples.Select((example, row) => Gold(set, frame.Reference(example), row)).ToArray();
        var prompts = examples.Select(frame.Prompt).ToArray();
        var answers = new ModelAnswers(model, tokenizer, batch, maxNewTokens)
        {
            Task = TaskName(set),
            Encode = frame.Encode,
            EndIds = frame.EndIds(tokenizer),
            Decoding = decoding ?? Beams,
            PredictionsPath = predictionsPath,
            Progress = progress,
            Stop = stop,
        };
        var predictions = answers.Judge(prompts, (row, output) => new Prediction
        {
            Index = row,
            Protocol = protocol,
            Prompt = prompts[row],
            Output = output,
            Extraction = set.Extract(output),
            Gold = gold[row],
        });
        return Accuracy(predictions, protocol);
    }

    /// <summary>
    /// Of the options that a question offers, the one of the highest log-probability as the end of "the correct answer is …": of every token from the first in which the
    /// options differ, summed.
    /// </summary>
    /// <inheritdoc cref="Evaluate"/>
    public static Scores Likelihood(ICausalModel model, TextTokenizer tokenizer, IPromptFrame frame, CommonsenseSet set,
        IReadOnlyList<Example> examples, int batch, string? predictionsPath = null, Action<EvaluationProgress>? progress = null,
        CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        if (examples.Count == 0) throw new NoraException($"{TaskName(set)}: there is no item to evaluate on.");
        var gold = examples.Select((example, row) => Gold(set, frame.Reference(example), row)).ToArray();
        var prompts = examples.Select(frame.Prompt).ToArray();
        using var mode = new EvaluationMode(model);
        using var log = new PredictionLog(predictionsPath);
        var predictions = new List<Prediction>(prompts.Length);
        foreach (var rows in Enumerable.Range(0, prompts.Length).Chunk(batch))
        {
            stop.ThrowIfCancellationRequested();
            var choices = rows.Select(row =>
                new OptionLikelihood.Choice(row, prompts[row] + frame.BeforeAnswer + Opening, set.Offered(prompts[row]))).ToArray();
            var found = OptionLikelihood.Score(model, text => frame.Encode(tokenizer, text), TaskName(set), choices);
            var judged = choices.Zip(found, (choice, scores) => new Prediction
            {
                Index = choice.Item,
                Protocol = LikelihoodProtocol,
                Prompt = choice.Prompt,
                Output = string.Join(", ", choice.Options.Zip(scores, (option, score) => FormattableString.Invariant($"{option} {score:0.####}"))),
                Extraction = choice.Options[Array.IndexOf(scores, scores.Max())],
                Gold = gold[choice.Item],
            }).ToArray();
            log.Write(judged);
            predictions.AddRange(judged);
            progress?.Invoke(new EvaluationProgress(TaskName(set), predictions.Count, prompts.Length));
        }
        return Accuracy(predictions, LikelihoodProtocol);
    }

    private static string TaskName(CommonsenseSet set) => "commonsense/" + set.Name;

    private static Scores Accuracy(IReadOnlyList<Prediction> predictions, string protocol) =>
        new(new Dictionary<string, double> { ["accuracy"] = predictions.Average(prediction => prediction.Correct ? 1.0 : 0.0) })
        {
            Protocol = protocol,
        };

    private static string Gold(CommonsenseSet set, string reference, int row) => set.Options.Contains(reference)
        ? reference
        : throw new DataException($"{TaskName(set)}: the answer of item {row + 1} is \"{Shortened(reference)}\"; expected one of "
            + $"{string.Join(", ", set.Options)}. Name the column that holds the option, or the set that the file is of.");

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
