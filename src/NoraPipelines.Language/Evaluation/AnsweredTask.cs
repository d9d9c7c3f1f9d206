using NoraPipelines.Data;
using NoraPipelines.Generation;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Evaluation;

/// <summary>
/// A task whose items are asked and whose answers are judged one by one. A task says what the reference answers (<see cref="Gold"/>) and what an
/// output does (<see cref="Judge"/>); the frame asks; the rest is here.
/// </summary>
/// <param name="protocol">Its row of <see cref="TaskProtocols"/>, or one of your own.</param>
public abstract partial class AnsweredTask(TaskProtocol protocol)
{
    /// <summary>Name, defaults and options.</summary>
    public TaskProtocol Protocol { get; } = protocol;

    /// <summary>The protocol's decoding.</summary>
    public Decoding Decoding { get; } = protocol.Decoding switch
    {
        DecodingKind.Greedy => Decoding.Greedy,
        DecodingKind.Beams => Decoding.BeamSearch(new DecodingPlan().Beams),
        var other => throw new ArgumentException(
            $"{protocol.Name}: {Words.Of(other)} cannot be a protocol's decoding; use greedy or beams", nameof(protocol)),
    };

    /// <summary>Lets the model write an answer to each item.</summary>
    /// <param name="frame">How items are asked: usually as the model learnt.</param>
    /// <param name="examples">Question and reference.</param>
    /// <param name="batch">Items that are answered at once; scores do not depend on it.</param>
    /// <param name="maxNewTokens">Longest answer; null: the protocol's.</param>
    /// <param name="predictionsPath">Where each prediction is written as it comes; null: nowhere.</param>
    /// <param name="progress">Called after every batch.</param>
    /// <param name="decoding">Null: the protocol's; <see cref="Scores.Protocol"/> names any other.</param>
    /// <param name="stop">Ends the evaluation between two tokens.</param>
    /// <exception cref="DataException">A reference holds no answer.</exception>
    /// <exception cref="NoraException">There is no item, or a prompt does not fit into the model.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public Scores Evaluate(ICausalModel model, TextTokenizer tokenizer, IPromptFrame frame, IReadOnlyList<Example> examples, int batch,
        int? maxNewTokens = null, string? predictionsPath = null, Action<EvaluationProgress>? progress = null, Decoding? decoding = null,
        CancellationToken stop = default)
    {
        var version = Version(frame, decoding ?? Decoding);
        var items = Ask(frame, examples);
        var answers = new ModelAnswers(model, tokenizer, batch, maxNewTokens ?? Protocol.MaxNewTokens)
        {
            Task = Protocol.Name,
            Encode = frame.Encode,
            EndIds = frame.EndIds(tokenizer),
            Decoding = decoding ?? Decoding,
            PredictionsPath = predictionsPath,
            Progress = progress,
            Stop = stop,
        };
        var predictions = answers.Judge([.. items.Select(item => item.Prompt)], (row, output) =>
        {
            var (_, prompt, reference, gold) = items[row];
            var found = Judge(output, reference);
            return new Prediction
            {
                Index = row,
                Protocol = version,
                Prompt = prompt,
                Output = output,
                Extraction = found.Answer,
                ExtractionForm = found.Form,
                Flexible = found.Flexible,
                Gold = gold.Answer,
                GoldForm = gold.Form,
            };
        });
        return new Scores(Metrics(predictions)) { Protocol = version };
    }

    /// <summary>Name and version of what is followed: protocol, frame where that is part of it, and a decoding of one's own.</summary>
    protected abstract string Version(IPromptFrame frame, Decoding decoding);

    /// <summary>The answer of a reference.</summary>
    /// <param name="row">0-based, for the message.</param>
    /// <exception cref="DataException">It has none.</exception>
    protected abstract GoldAnswer Gold(string reference, int row);

    /// <summary>The answer of an output.</summary>
    /// <param name="reference">For tasks whose reference says what counts.</param>
    protected abstract FoundAnswer Judge(string output, string reference);

    protected abstract Dictionary<string, double> Metrics(IReadOnlyList<Prediction> predictions);

    /// <summary>Share of predictions that are right.</summary>
    protected static double Correct(IReadOnlyList<Prediction> predictions) => predictions.Average(prediction => prediction.Correct ? 1.0 : 0.0);

    private Item[] Ask(IPromptFrame frame, IReadOnlyList<Example> examples)
    {
        var references = examples.Select(frame.Reference).ToArray();
        var gold = references.Select(Gold).ToArray();
        return [.. examples.Select((example, row) => new Item(row, frame.Prompt(example), references[row], gold[row]))];
    }

    private readonly record struct Item(int Row, string Prompt, string Reference, GoldAnswer Gold);
}
