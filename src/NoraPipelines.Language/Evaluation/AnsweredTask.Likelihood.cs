using NoraPipelines.Data;
using NoraPipelines.Models;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Evaluation;

public abstract partial class AnsweredTask
{
    /// <summary>
    /// Lets the model choose: of the options that an item offers, the one of the highest log-probability behind <see cref="Opening"/>, summed over
    /// every token from the first in which the options differ.
    /// </summary>
    /// <exception cref="NoraException">There is no item, a text does not fit into the model, or the task offers no options.</exception>
    /// <inheritdoc cref="Evaluate"/>
    public Scores Likelihood(ICausalModel model, TextTokenizer tokenizer, IPromptFrame frame, IReadOnlyList<Example> examples, int batch,
        string? predictionsPath = null, Action<EvaluationProgress>? progress = null, CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        if (Protocol.Options.Count == 0)
            throw new NoraException($"{Protocol.Name} offers no options to choose from by likelihood. Use Evaluate, which lets the model write.");
        if (examples.Count == 0) throw new NoraException($"{Protocol.Name}: there is no item to evaluate on.");
        var items = Ask(frame, examples);
        using var mode = new EvaluationMode(model);
        using var log = new PredictionLog(predictionsPath);
        var predictions = new List<Prediction>(items.Length);
        foreach (var some in items.Chunk(batch))
        {
            stop.ThrowIfCancellationRequested();
            var choices = some.Select(item =>
                new OptionLikelihood.Choice(item.Row, item.Prompt + frame.BeforeAnswer + Opening, Offered(item.Prompt))).ToArray();
            var found = OptionLikelihood.Score(model, text => frame.Encode(tokenizer, text), Protocol.Name, choices);
            var judged = choices.Zip(found, (choice, scores) => new Prediction
            {
                Index = choice.Item,
                Protocol = LikelihoodVersion,
                Prompt = choice.Prompt,
                Output = string.Join(", ", choice.Options.Zip(scores, (option, score) => FormattableString.Invariant($"{option} {score:0.####}"))),
                Extraction = choice.Options[Array.IndexOf(scores, scores.Max())],
                Gold = items[choice.Item].Gold.Answer,
            }).ToArray();
            log.Write(judged);
            predictions.AddRange(judged);
            progress?.Invoke(new EvaluationProgress(Protocol.Name, predictions.Count, items.Length));
        }
        return new Scores(Metrics(predictions)) { Protocol = LikelihoodVersion };
    }

    /// <summary>Name and version of the choice by likelihood.</summary>
    protected virtual string LikelihoodVersion => $"{Protocol.Name}-likelihood-v1";

    /// <summary>What stands between the prompt and an option.</summary>
    protected internal virtual string Opening => "";

    /// <summary>The options that an item offers.</summary>
    protected internal virtual IReadOnlyList<string> Offered(string prompt) => Protocol.Options;
}
