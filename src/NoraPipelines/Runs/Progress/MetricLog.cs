using System.Text.Json;
using NoraPipelines.Data;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Training;
using TorchSharp;

namespace NoraPipelines.Runs.Progress;

/// <summary>
/// metrics.jsonl, flushed line by line, and the same numbers as TensorBoard events. A run that goes on from a checkpoint is cut
/// back to the checkpoint's step: what followed it is done again.
/// </summary>
internal sealed class MetricLog : IDisposable
{
    private readonly StreamWriter _lines;
    private readonly TorchSharp.Modules.SummaryWriter _events;

    public MetricLog(RunDirectory directory, int firstStep)
    {
        var kept = Read(directory.MetricsFile).TakeWhile(step => step.Step <= firstStep).ToArray();
        RunDirectory.WriteText(directory.MetricsFile, string.Concat(kept.Select(step => Json(step) + "\n")));
        _lines = new StreamWriter(new FileStream(directory.MetricsFile, FileMode.Append, FileAccess.Write, FileShare.Read));
        foreach (var old in Directory.GetFiles(directory.Path, "events.out.tfevents.*")) File.Delete(old); // written anew from the lines kept
        _events = torch.utils.tensorboard.SummaryWriter(directory.Path);
        foreach (var step in kept) WriteEvents(step);
        Kept = kept;
    }

    /// <summary>The steps of earlier processes of this run.</summary>
    public IReadOnlyList<StepReport> Kept { get; }

    /// <summary>Every whole line of a metrics.jsonl; a last one that a crash cut short is left out.</summary>
    public static IEnumerable<StepReport> Read(string path)
    {
        if (!File.Exists(path)) yield break;
        foreach (var line in File.ReadLines(path))
        {
            StepReport? step;
            try
            {
                step = JsonSerializer.Deserialize<StepReport>(line, RunJson.Line);
            }
            catch (JsonException)
            {
                yield break;
            }
            if (step is not null) yield return step;
        }
    }

    /// <summary>Adds what became of the rows of each data set to the events, before the first step.</summary>
    public void AddData(IReadOnlyDictionary<string, EncodedRows> data)
    {
        foreach (var (name, rows) in data)
        {
            _events.add_scalar($"data/{name}/rows", rows.Rows, 0);
            _events.add_scalar($"data/{name}/left_out", rows.LeftOut + rows.NothingToLearn, 0);
            _events.add_scalar($"data/{name}/cut", rows.Cut, 0);
            _events.add_scalar($"data/{name}/tokens", rows.Tokens, 0);
            _events.add_scalar($"data/{name}/learnt", rows.Learnt, 0);
        }
    }

    public void Add(StepReport step)
    {
        _lines.Write(Json(step) + "\n");
        _lines.Flush();
        WriteEvents(step);
    }

    public void Dispose() => _lines.Dispose(); // the event writer holds nothing open

    private static IReadOnlyDictionary<string, double> NoMetrics { get; } = new Dictionary<string, double>();

    private static string Json(StepReport step) => JsonSerializer.Serialize(step, RunJson.Line);

    private void WriteEvents(StepReport step)
    {
        _events.add_scalar("train/loss", (float)step.Loss, step.Step);
        _events.add_scalar("train/learning_rate", (float)step.LearningRate, step.Step);
        _events.add_scalar("train/gradient_norm", (float)step.GradientNorm, step.Step);
        _events.add_scalar("train/tokens_per_second", (float)step.TokensPerSecond, step.Step);
        foreach (var (name, value) in step.Method ?? NoMetrics) _events.add_scalar($"train/{name}", (float)value, step.Step);
    }
}
