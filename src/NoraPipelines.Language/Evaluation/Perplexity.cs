using NoraPipelines.Data;
using NoraPipelines.Models;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Evaluation;

/// <summary>
/// How well a model predicts given texts. loss: nats per labelled token, the mean over all labels of all examples (not the mean of the
/// examples' means), summed in float64; perplexity: e^loss.
/// </summary>
public static class Perplexity
{
    public const string Protocol = "perplexity-v1";

    /// <param name="batch">Examples that go through the model at once; the result does not depend on it.</param>
    /// <param name="padId">Fills shorter rows on the right; the result does not depend on it.</param>
    /// <param name="progress">Called after every batch.</param>
    /// <param name="stop">Ends the evaluation between two batches.</param>
    /// <returns>loss, perplexity.</returns>
    /// <exception cref="NoraException">There is nothing to predict, or a loss is not finite.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static Scores Evaluate(ICausalModel model, IReadOnlyList<TokenizedExample> examples, int batch, int padId,
        Action<EvaluationProgress>? progress = null, CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        using var mode = new EvaluationMode(model);
        var (sum, labels, done) = (0.0, 0L, 0);
        // Examples of like length share a batch, so that little is padded.
        foreach (var rows in Enumerable.Range(0, examples.Count).OrderBy(row => examples[row].Ids.Length).Chunk(batch))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var micro = TextBatch.Of([.. rows.Select(row => examples[row])], padId, model.Device);
            if (micro.LabelledTokens > 0)
            {
                var loss = DeviceRead.Number(CausalLoss.Sum(model, micro));
                if (!double.IsFinite(loss)) throw NotFinite(rows, loss);
                sum += loss;
                labels += micro.LabelledTokens;
            }
            done += rows.Length;
            progress?.Invoke(new EvaluationProgress("perplexity", done, examples.Count));
        }
        if (labels == 0) throw new NoraException($"There is nothing to predict: {examples.Count} examples have no labelled token.");
        var mean = sum / labels;
        return new Scores(new Dictionary<string, double> { ["loss"] = mean, ["perplexity"] = Math.Exp(mean) }) { Protocol = Protocol };
    }

    private static NoraException NotFinite(int[] rows, double loss)
    {
        var names = string.Join(", ", rows.Take(16)) + (rows.Length > 16 ? ", …" : "");
        return new NoraException($"The loss of the evaluation is {loss} on examples {names}, expected a finite number. The weights have " +
            "diverged or are damaged: lower the learning rate, or train from an earlier checkpoint.");
    }
}
