using System.Text.Json;
using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Data;
using NoraPipelines.Disk;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Training;

namespace NoraPipelines.Runs.Progress;

/// <summary>Follows the training of a run: its time, its metrics, what the user sees, and that signals are heeded between steps.</summary>
internal sealed class TrainingProgress(RunContext run) : ITrainingObserver
{
    private const string Metrics = "metrics", Train = "train";

    private MetricLog? _log;
    private ITrainingView? _view;
    private IDisposable? _heeding;
    private IDisposable? _time;
    private StepReport? _first;
    private long _tokens;
    private IReadOnlyDictionary<string, EncodedRows>? _data;

    public void Begin(int firstStep, int steps, JsonObject state)
    {
        if (run.Writes)
        {
            run.Directory.CheckIsThere();
            _log = Written(() => new MetricLog(run.Directory, firstStep, state[Metrics].Deserialize<FileMark>(RunJson.Line)));
        }
        _data = StageStore.Data(run.Directory);
        _log?.AddData(_data);
        foreach (var kept in _log?.Kept ?? []) Count(kept);
        if (_log is { Kept.Count: var lines } && lines < firstStep)
            run.View.Warn($"{run.Directory.MetricsFile} has {lines} of the {firstStep} steps that are done: the curve begins after them.");
        if (_log is { SecondsLost: > 0 and var seconds })
        {
            run.Stages.Clock.Add(Train, seconds);
            run.Stages.WriteSeconds();
        }
        _time = run.Stages.Clock.Enter(Train);
        _heeding = run.StopRequest.Heed();
        run.View.Heading(firstStep == 0 ? $"Training: {steps} steps" : $"Training goes on after step {firstStep} of {steps}");
        _view = run.View.Training(steps, firstStep);
    }

    public void Step(StepReport step)
    {
        Count(step);
        if (_log is not null)
        {
            Written(() =>
            {
                _log.Add(step.Step == 1 && _data is { Count: > 0 } ? step with { Data = _data } : step);
                return step;
            });
        }
        _view?.Show(step);
    }

    public JsonObject? State()
    {
        if (_log is null) return null;
        run.Directory.CheckIsThere();
        return new JsonObject { [Metrics] = JsonSerializer.SerializeToNode(Written(_log.Mark), RunJson.Line) };
    }

    public void Saved() => run.Stages.WriteSeconds();

    public void Dispose()
    {
        _heeding?.Dispose();
        _view?.Dispose();
        _log?.Dispose();
        _time?.Dispose();
    }

    private void Count(StepReport step)
    {
        _first ??= step;
        _tokens += step.Tokens;
        run.Progress.Trained = new TrainingResult(_first.Loss, step.Loss, step.Step, _tokens);
    }

    /// <exception cref="IOException">Metrics cannot be written; the message says why.</exception>
    private T Written<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new IOException(WriteFailure.Describe(run.Directory.MetricsFile, 0, problem), problem);
        }
    }
}
