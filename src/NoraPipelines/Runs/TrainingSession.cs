using System.Diagnostics;
using System.Globalization;
using NoraPipelines.Data;
using NoraPipelines.Models;
using NoraPipelines.Runs.Progress;
using NoraPipelines.Runs.Terminal;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Runs;

/// <summary>
/// The book-keeping of a training loop: where it is, what its loss was, when it is saved, whether it was asked to stop. What is
/// computed stands in the loop itself.
/// </summary>
public sealed class TrainingSession : IDisposable
{
    private readonly RunContext _run;
    private readonly Action<bool> _dropOut;
    private readonly IReadOnlyList<NamedTensor> _parameters;
    private readonly AdamW _optimizer;
    private readonly TrainingCheckpoints _checkpoints;
    private readonly IMethodState? _method;
    private readonly MetricLog _log;
    private readonly TrainingView _view;
    private readonly IDisposable _heeding;
    private readonly IDisposable _time;
    private readonly List<Tensor> _losses = [];
    private long _stepBegan = Stopwatch.GetTimestamp();
    private StepReport? _first;
    private StepReport? _last;
    private long _tokens;
    private string? _latest;

    internal TrainingSession(
        RunContext run, int steps, Action<bool> dropOut, IReadOnlyList<NamedTensor> parameters, AdamW optimizer, TrainingCheckpoints checkpoints,
        IMethodState? method = null)
    {
        (_run, _dropOut, _parameters, _optimizer, _checkpoints, Steps) = (run, dropOut, parameters, optimizer, checkpoints, steps);
        _method = method;
        if (checkpoints.LoadLatest() is { } saved)
        {
            saved.Restore(parameters, optimizer, method);
            FirstStep = Math.Min(saved.Step, steps);
            _latest = saved.Folder;
        }
        dropOut(true);
        Step = FirstStep;
        _log = new MetricLog(run.Directory, FirstStep);
        foreach (var kept in _log.Kept) Count(kept);
        _time = run.Clock.Enter("train");
        _heeding = run.StopRequest.Heed();
        run.View.Heading(FirstStep == 0 ? $"Training: {steps} steps" : $"Training goes on after step {FirstStep} of {steps}");
        _view = new TrainingView(run.View, steps, FirstStep, static () => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency);
    }

    /// <summary>Optimizer steps of the whole run.</summary>
    public int Steps { get; }

    /// <summary>Steps that earlier processes of this run have done; the data stream starts here.</summary>
    public int FirstStep { get; }

    /// <summary>Steps done so far: the 0-based number of the step that is under way.</summary>
    public int Step { get; private set; }

    /// <summary>
    /// Whether there is a step to do. Sets torch's random state to a pure function of (seed, step), so that a resumed run draws what
    /// an uninterrupted one would have drawn.
    /// </summary>
    /// <exception cref="InvalidOperationException">The step before was not ended by <see cref="Finish"/>: the loop would never end.</exception>
    public bool Continues
    {
        get
        {
            if (_losses.Count > 0) throw new InvalidOperationException("A step has begun and was not finished; call Finish at its end.");
            if (Step >= Steps) return false;
            manual_seed(Seeds.Mix(_run.Seed, Step));
            return true;
        }
    }

    /// <summary>Adds a micro-batch's share of the step's mean loss; nothing waits for the device.</summary>
    /// <param name="loss">A scalar, in the scope of the step.</param>
    public void Add(Tensor loss) => _losses.Add(loss.detach());

    /// <summary>
    /// Ends a step after the optimizer has made it: drops the gradients, logs, saves a checkpoint when one is due, and stops the run
    /// where that was asked for.
    /// </summary>
    /// <param name="gradientNorm">What <see cref="Gradients.ClipNorm"/> returned.</param>
    /// <exception cref="NoraException">The loss or the gradient is not finite.</exception>
    /// <exception cref="StoppedException">The run was asked to stop; everything needed to go on is saved.</exception>
    public StepReport Finish(StepBatch batch, double gradientNorm, LearningRateSchedule schedule)
    {
        var loss = TotalLoss();
        if (!double.IsFinite(loss) || !double.IsFinite(gradientNorm)) throw NotFinite(loss, gradientNorm, batch, schedule);
        _optimizer.ZeroGrad();
        var report = new StepReport
        {
            Step = Step + 1,
            Steps = Steps,
            Loss = loss,
            LearningRate = schedule.Rate(Step),
            GradientNorm = gradientNorm,
            Tokens = batch.Tokens,
            LabelledTokens = batch.Weight,
            Seconds = Stopwatch.GetElapsedTime(_stepBegan).TotalSeconds,
            Method = _method?.Metrics,
        };
        _stepBegan = Stopwatch.GetTimestamp();
        Step++;
        Count(report);
        _log.Add(report);
        _view.Show(report);
        var every = _run.Plan.Training.CheckpointEverySteps;
        if (Step == Steps || (every > 0 && Step % every == 0)) Save();
        if (Step == Steps) End();
        else if (_run.Stop.IsCancellationRequested) throw Stopped();
        return report;
    }

    public void Dispose() => End();

    private void Save()
    {
        _latest = _checkpoints.Save(Step, _parameters, _optimizer, method: _method);
        StageStore.WriteSeconds(_run.Directory, _run.Clock.Seconds);
    }

    private StoppedException Stopped()
    {
        Save();
        End();
        return new StoppedException($"Stopped after step {Step} of {Steps}; the checkpoint is {_latest}. {_run.ResumeHint}");
    }

    private double TotalLoss()
    {
        if (_losses.Count == 0) throw new InvalidOperationException("Finish was called before any loss was added.");
        using var scope = NewDisposeScope();
        var total = _losses.Count == 1 ? _losses[0] : stack(_losses).sum(); // the step's one read from the device
        var value = total.to(ScalarType.Float64).item<double>();
        _losses.Clear(); // the tensors are the step's scope's
        return value;
    }

    private void Count(StepReport step)
    {
        _first ??= step;
        _last = step;
        _tokens += step.Tokens;
        _run.Trained = new TrainingResult(_first.Loss, _last.Loss, step.Step, _tokens);
    }

    private NoraException NotFinite(double loss, double gradientNorm, StepBatch batch, LearningRateSchedule schedule)
    {
        var (name, value) = double.IsFinite(loss) ? ("norm of the gradient", gradientNorm) : ("loss", loss);
        var rows = string.Join(", ", batch.Rows.Order().Take(40)) + (batch.Rows.Count > 40 ? ", …" : "");
        return new NoraException(string.Create(CultureInfo.InvariantCulture,
            $"Step {Step + 1} of {Steps}: the {name} is {value}, and no training goes on from there. The step's examples, counted from 0, are {rows}; ")
            + string.Create(CultureInfo.InvariantCulture,
            $"its learning rate was {schedule.Rate(Step):0.###e+0}. Look at those rows, make training.learning_rate smaller, or training.clip_norm. ")
            + (_latest is null ? "Nothing was saved before this step." : $"The last good checkpoint is {_latest}."));
    }

    private void End()
    {
        _dropOut(false);
        _heeding.Dispose();
        _view.Dispose();
        _log.Dispose();
        _time.Dispose();
    }
}
