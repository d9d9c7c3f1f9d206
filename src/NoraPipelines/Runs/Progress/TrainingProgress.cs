using NoraPipelines.Training;

namespace NoraPipelines.Runs.Progress;

/// <summary>Follows the training of a run: its time, its metrics, what the user sees, and that signals are heeded between steps.</summary>
internal sealed class TrainingProgress(RunContext run) : ITrainingObserver
{
    private MetricLog? _log;
    private ITrainingView? _view;
    private IDisposable? _heeding;
    private IDisposable? _time;
    private StepReport? _first;
    private long _tokens;

    public void Begin(int firstStep, int steps)
    {
        if (run.Writes) _log = new MetricLog(run.Directory, firstStep);
        _log?.AddData(StageStore.Data(run.Directory));
        foreach (var kept in _log?.Kept ?? []) Count(kept);
        _time = run.Stages.Clock.Enter("train");
        _heeding = run.StopRequest.Heed();
        run.View.Heading(firstStep == 0 ? $"Training: {steps} steps" : $"Training goes on after step {firstStep} of {steps}");
        _view = run.View.Training(steps, firstStep);
    }

    public void Step(StepReport step)
    {
        Count(step);
        _log?.Add(step);
        _view?.Show(step);
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
}
