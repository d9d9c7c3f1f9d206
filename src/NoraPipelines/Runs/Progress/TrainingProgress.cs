using System.Text.Json;
using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
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

    public void Begin(int firstStep, int steps, JsonObject state)
    {
        if (run.Writes) _log = Written(() => new MetricLog(run.Directory, firstStep, state[Metrics].Deserialize<FileMark>(RunJson.Line)));
        _log?.AddData(StageStore.Data(run.Directory));
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
                _log.Add(step);
                return step;
            });
        }
        _view?.Show(step);
    }

    public JsonObject? State() => _log is null ? null : new JsonObject { [Metrics] = JsonSerializer.SerializeToNode(Written(_log.Mark), RunJson.Line) };

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

    /// <summary>Writes metrics; where that fails, says what stays of the run.</summary>
    private T Written<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new NoraException($"{WriteFailure.Describe(run.Directory.MetricsFile, 0, problem)} {run.Directory.WhatStays(run.ResumeHint)}", problem);
        }
    }
}
