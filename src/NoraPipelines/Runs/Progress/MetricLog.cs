using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NoraPipelines.Checkpoints;
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
    private readonly FileStream _lines;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly TorchSharp.Modules.SummaryWriter _events;

    /// <param name="firstStep">Steps that earlier processes of the run have done; what metrics.jsonl has beyond them is dropped.</param>
    /// <param name="written">What the checkpoint of that step knows of the file; null: nothing.</param>
    /// <exception cref="NoraException">The file is there, and is not what the checkpoint knows.</exception>
    public MetricLog(RunDirectory directory, int firstStep, FileMark? written = null)
    {
        var path = directory.MetricsFile;
        var isThere = File.Exists(path);
        var found = Lines(path).ToArray();
        var kept = found.TakeWhile(line => line.Step.Step <= firstStep).ToArray();
        var text = string.Concat(kept.Select(line => line.Text + "\n"));
        if (isThere && written is not null && FileMark.OfText(text) is var mark && mark != written)
            throw new NoraException($"{path}: is damaged, up to step {firstStep} it is not what was written ({mark.Bytes:N0} bytes in {kept.Length} whole lines, "
                + $"expected {written.Bytes:N0} of {firstStep} steps). Put a copy back, or remove the file: the run goes on, and its curve begins after step {firstStep}.");
        RunDirectory.WriteText(path, text);
        _hash.AppendData(Encoding.UTF8.GetBytes(text));
        _lines = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        foreach (var old in Directory.GetFiles(directory.Path, "events.out.tfevents.*")) File.Delete(old); // written anew from the lines kept
        _events = torch.utils.tensorboard.SummaryWriter(directory.Path);
        Kept = [.. kept.Select(line => line.Step)];
        foreach (var step in Kept) WriteEvents(step);
        SecondsLost = found.Skip(kept.Length).Sum(line => line.Step.Seconds);
    }

    /// <summary>The steps of earlier processes of this run.</summary>
    public IReadOnlyList<StepReport> Kept { get; }

    /// <summary>What the steps took that a killed process did after its last checkpoint, and that are done again.</summary>
    public double SecondsLost { get; }

    /// <summary>The steps of a run; of one that is finished, all.</summary>
    /// <exception cref="NoraException">The file is not as it was written.</exception>
    public static IReadOnlyList<StepReport> Read(RunDirectory directory)
    {
        var path = directory.MetricsFile;
        if (directory.IsFinished && File.Exists(path) && StageStore.MarkOf(directory, path)?.Problem(path) is { } problem)
            throw new NoraException($"{path}: is damaged, it {problem}. Put a copy back, or remove the file: the curve is left out.");
        return Read(path);
    }

    /// <summary>Every whole line of a metrics.jsonl; a last one that a crash cut short is left out.</summary>
    /// <exception cref="NoraException">A line before the last is no step.</exception>
    public static IReadOnlyList<StepReport> Read(string path)
    {
        StepReport[] steps = [.. Lines(path).Select(line => line.Step)];
        if (File.Exists(path) && File.ReadLines(path).Skip(steps.Length + 1).Any())
            throw new NoraException($"{path}:{steps.Length + 1}: is no step as a run writes it, and more lines follow. Put a copy back, or remove the file: the curve is left out.");
        return steps;
    }

    /// <exception cref="IOException">The disk is full, or the file cannot be written.</exception>
    public void Add(StepReport step)
    {
        var line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(step, RunJson.Line) + "\n");
        _lines.Write(line);
        _lines.Flush();
        _hash.AppendData(line);
        WriteEvents(step);
    }

    /// <summary>What the file holds so far, brought to the disk.</summary>
    /// <exception cref="IOException">The disk is full, or the file cannot be written.</exception>
    public FileMark Mark()
    {
        _lines.Flush(flushToDisk: true);
        return new FileMark(_lines.Length, Convert.ToHexStringLower(_hash.GetCurrentHash()));
    }

    public void Dispose()
    {
        _lines.Dispose(); // the event writer holds nothing open
        _hash.Dispose();
    }

    private static IReadOnlyDictionary<string, double> NoMetrics { get; } = new Dictionary<string, double>();

    private static IEnumerable<(string Text, StepReport Step)> Lines(string path)
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
            if (step is not null) yield return (line, step);
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

    private void WriteEvents(StepReport step)
    {
        _events.add_scalar("train/loss", (float)step.Loss, step.Step);
        _events.add_scalar("train/learning_rate", (float)step.LearningRate, step.Step);
        _events.add_scalar("train/gradient_norm", (float)step.GradientNorm, step.Step);
        _events.add_scalar("train/tokens_per_second", (float)step.TokensPerSecond, step.Step);
        if (step.Memory is { } memory) _events.add_scalar("train/memory_taken", memory.Taken, step.Step);
        if (step.Memory?.Held is { } held) _events.add_scalar("train/memory_held", held, step.Step);
        foreach (var (name, value) in step.Method ?? NoMetrics) _events.add_scalar($"train/{name}", (float)value, step.Step);
    }
}
