using System.Globalization;
using NoraPipelines.Data;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Tokenization;
using static TorchSharp.torch;

namespace NoraPipelines.Evaluation;

/// <summary>
/// GLUE (Wang et al. 2019): the class with the largest logit against the reference's. accuracy for every task of classes, f1 of class 1
/// as well for mrpc and qqp, matthews for cola; for stsb pearson and spearman of the head's one output. Scores are shares, not percents.
/// </summary>
public static class Glue
{
    /// <summary>Version of the protocol; a result names it with its task: glue-qnli-v1.</summary>
    public static string Protocol(GlueTask task) => $"glue-{Words.Of(task)}-v1";

    /// <param name="maxTokens">Longest row, as in training.</param>
    /// <param name="batch">Rows that go through the model at once.</param>
    /// <param name="predictionsPath">Where each prediction is written as it comes; null: nowhere.</param>
    /// <param name="progress">Called after every batch.</param>
    /// <param name="encoded">Called with what became of the rows as tokens.</param>
    /// <param name="stop">Ends the evaluation between two batches.</param>
    /// <exception cref="NoraException">There is no row, or the model's head is for another number of classes.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static Scores Evaluate(
        IClassifier<TextBatch> model, TextTokenizer tokenizer, IReadOnlyList<LabelledText> rows, GlueTask task, int maxTokens, int batch,
        string? predictionsPath = null, Action<EvaluationProgress>? progress = null, Action<EncodedRows>? encoded = null,
        CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        var kind = GlueTasks.Of(task);
        if (rows.Count == 0) throw new NoraException($"glue/{Words.Of(task)}: there is no row to evaluate on.");
        if (model.Labels != kind.Outputs)
        {
            throw new NoraException($"glue/{Words.Of(task)} has {kind.Outputs} outputs, and the model's head {model.Labels}. "
                + "Evaluate with the task that the head was trained for.");
        }
        var examples = new LabelledTextEncoder(tokenizer, maxTokens).EncodeAll(rows);
        encoded?.Invoke(examples.Report);
        var logits = Logits(model, examples, tokenizer.PadId ?? 0, task, batch, progress, stop);
        using (var log = new PredictionLog(predictionsPath)) log.Write(rows.Select((row, index) => Line(row, index, logits[index], kind, task)));
        return new Scores(Metrics(rows, logits, kind, task)) { Protocol = Protocol(task) };
    }

    private static float[][] Logits(
        IClassifier<TextBatch> model, EncodedExamples examples, int padId, GlueTask task, int batch, Action<EvaluationProgress>? progress,
        CancellationToken stop)
    {
        var found = new float[examples.Count][];
        var done = 0;
        using var mode = new EvaluationMode(model);
        // Rows of like length share a batch, so that little is padded.
        foreach (var some in Enumerable.Range(0, examples.Count).OrderBy(row => examples[row].Ids.Length).Chunk(batch))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var micro = TextBatch.Of([.. some.Select(row => examples[row])], padId, model.Device);
            var logits = model.Logits(micro); // [rows, labels]
            var values = DeviceRead.Values<float>(logits);
            for (var i = 0; i < some.Length; i++) found[some[i]] = values[(i * model.Labels)..((i + 1) * model.Labels)];
            done += some.Length;
            progress?.Invoke(new EvaluationProgress($"glue/{Words.Of(task)}", done, examples.Count));
        }
        if (Array.FindIndex(found, row => row.Any(value => !float.IsFinite(value))) is >= 0 and var broken)
        {
            throw new NoraException($"glue/{Words.Of(task)}: the model's output for row {broken + 1} is not finite. Training diverged: "
                + "lower the learning rate, or go back to an earlier checkpoint.");
        }
        return found;
    }

    private static Dictionary<string, double> Metrics(
        IReadOnlyList<LabelledText> rows, float[][] logits, ClassificationTask kind, GlueTask task)
    {
        if (kind.IsRegression)
        {
            double[] wanted = [.. rows.Select(row => (double)row.Label)], found = [.. logits.Select(row => (double)row[0])];
            return new() { ["pearson"] = ClassificationMetrics.Pearson(wanted, found), ["spearman"] = ClassificationMetrics.Spearman(wanted, found) };
        }
        int[] labels = [.. rows.Select(row => (int)row.Label)], predicted = [.. logits.Select(Largest)];
        var metrics = new Dictionary<string, double> { ["accuracy"] = ClassificationMetrics.Accuracy(labels, predicted) };
        if (task is GlueTask.Mrpc or GlueTask.Qqp) metrics["f1"] = ClassificationMetrics.F1(labels, predicted);
        if (task == GlueTask.Cola) metrics["matthews"] = ClassificationMetrics.Matthews(labels, predicted);
        return metrics;
    }

    private static ClassifiedText Line(LabelledText row, int index, float[] logits, ClassificationTask kind, GlueTask task)
    {
        var label = kind.IsRegression ? Number(row.Label) : kind.Classes[(int)row.Label];
        var predicted = kind.IsRegression ? Number(logits[0]) : kind.Classes[Largest(logits)];
        return new ClassifiedText
        {
            Index = index,
            Protocol = Protocol(task),
            Text = row.First,
            Second = row.Second,
            Label = label,
            Predicted = predicted,
            Verdict = kind.IsRegression ? $"off by {Number(Math.Abs(logits[0] - row.Label))}" : label == predicted ? "correct" : "wrong",
            Logits = logits,
        };
    }

    /// <summary>The first of the largest.</summary>
    private static int Largest(float[] logits) => Array.IndexOf(logits, logits.Max());

    private static string Number(float value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
