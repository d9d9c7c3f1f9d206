using System.Diagnostics;
using System.Globalization;
using NoraPipelines.Data;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Training;

/// <summary>
/// The book-keeping of a training loop: where it is, what its loss was, when it is saved, whether it was asked to stop. What is
/// computed stands in the loop itself:
/// <code>
/// while (training.BeginStep())
/// {
///     …                                        // losses go backward and are given to Add
///     training.SumGradients();
///     …                                        // clipping, the optimizer's step
///     training.Finish(batch, norm, schedule);
/// }
/// </code>
/// </summary>
public sealed class TrainingSession : IDisposable
{
    private readonly IReadOnlyList<NamedTensor> _parameters;
    private readonly AdamW _optimizer;
    private readonly TrainingOptions _options;
    private readonly List<Tensor> _losses = [];
    private long _stepBegan = Stopwatch.GetTimestamp();
    private string? _latest;
    private bool _ended;

    /// <summary>Begins training, or goes on from the newest checkpoint.</summary>
    /// <param name="parameters">What trains.</param>
    /// <param name="optimizer">Made for the same parameters.</param>
    /// <exception cref="NoraException">The newest checkpoint is of another plan or seed.</exception>
    public TrainingSession(IReadOnlyList<NamedTensor> parameters, AdamW optimizer, TrainingOptions options)
    {
        (_parameters, _optimizer, _options) = (parameters, optimizer, options);
        var saved = options.Checkpoints?.LoadLatest();
        if (saved is not null)
        {
            saved.Restore(parameters, optimizer, options.Method);
            FirstStep = Math.Min(saved.Step, options.Steps);
            _latest = saved.Folder;
        }
        Step = FirstStep;
        options.Dropout?.Invoke(true);
        options.Observer?.Begin(FirstStep, options.Steps, saved?.State ?? []);
    }

    /// <summary>Optimizer steps of the whole run.</summary>
    public int Steps => _options.Steps;

    /// <summary>Steps that earlier processes of this run have done; the data stream starts here.</summary>
    public int FirstStep { get; }

    /// <summary>Steps done so far: the 0-based number of the step that is under way.</summary>
    public int Step { get; private set; }

    /// <summary>
    /// Begins the next step, where there is one. torch's random state becomes a pure function of (seed, step), so that a resumed run draws
    /// what an uninterrupted one would have drawn.
    /// </summary>
    /// <returns>Whether there is a step to do.</returns>
    /// <exception cref="InvalidOperationException">The step before was not ended by <see cref="Finish"/>: the loop would never end.</exception>
    public bool BeginStep()
    {
        if (_losses.Count > 0) throw new InvalidOperationException("A step has begun and was not finished; call Finish at its end.");
        if (Step >= Steps) return false;
        DeviceRandom.Seed(Seeds.Mix(_options.Seed, Step), _parameters[0].Value.device);
        return true;
    }

    /// <summary>Adds a micro-batch's share of the step's mean loss; nothing waits for the device.</summary>
    /// <param name="loss">A scalar, in the scope of the step.</param>
    public void Add(Tensor loss) => _losses.Add(loss.detach());

    /// <summary>Adds up the gradients of all processes that train together; a process alone has nothing to add.</summary>
    public void SumGradients() => _options.Processes.SumGradients(_parameters);

    /// <summary>
    /// Ends a step after the optimizer has made it: drops the gradients, tells the observer, saves a checkpoint when one is due, and stops
    /// the run where that was asked for.
    /// </summary>
    /// <param name="gradientNorm">What <see cref="Gradients.ClipNorm"/> returned.</param>
    /// <exception cref="NoraException">The loss or the gradient is not finite.</exception>
    /// <exception cref="StoppedException">The run was asked to stop; everything needed to go on is saved.</exception>
    public StepReport Finish(StepBatch batch, double gradientNorm, LearningRateSchedule schedule)
    {
        var loss = _options.Processes.Sum(TotalLoss());
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
            Method = _options.Method?.Metrics,
            Memory = DeviceMemory.Now(_parameters[0].Value.device),
        };
        _stepBegan = Stopwatch.GetTimestamp();
        Step++;
        _options.Observer?.Step(report);
        if (Step == Steps || (_options.CheckpointEverySteps > 0 && Step % _options.CheckpointEverySteps == 0)) Save();
        if (Step == Steps) End(); // first: what is asked from here on is nobody's to heed
        if (_options.Stop.IsCancellationRequested) throw Stopped();
        return report;
    }

    public void Dispose() => End();

    /// <summary>All processes hold the same numbers, so that one of them saves for all.</summary>
    private void Save()
    {
        if (_options.Checkpoints is null || _options.Processes.Rank > 0) return;
        _latest = _options.Checkpoints.Save(Step, _parameters, _optimizer, _options.Observer?.State(), _options.Method);
        _options.Observer?.Saved();
    }

    private StoppedException Stopped()
    {
        if (!_ended)
        {
            Save();
            End();
        }
        var where = _latest is null ? "nothing was saved" : $"the checkpoint is {_latest}";
        return new StoppedException($"Stopped after step {Step} of {Steps}; {where}. {_options.ResumeHint}".TrimEnd());
    }

    private double TotalLoss()
    {
        if (_losses.Count == 0) throw new InvalidOperationException("Finish was called before any loss was added.");
        using var scope = NewDisposeScope();
        var total = _losses.Count == 1 ? _losses[0] : stack(_losses).sum();
        var value = DeviceRead.Number(total);
        _losses.Clear(); // the tensors are the step's scope's
        return value;
    }

    private NoraException NotFinite(double loss, double gradientNorm, StepBatch batch, LearningRateSchedule schedule)
    {
        var (name, value) = double.IsFinite(loss) ? ("norm of the gradient", gradientNorm) : ("loss", loss);
        var rows = string.Join(", ", batch.Rows.Order().Take(40)) + (batch.Rows.Count > 40 ? ", …" : "");
        return new NoraException(string.Create(CultureInfo.InvariantCulture,
            $"Step {Step + 1} of {Steps}: the {name} is {value}, and no training goes on from there. The step's examples, counted from 0, are {rows}; ")
            + string.Create(CultureInfo.InvariantCulture,
            $"its learning rate was {schedule.Rate(Step):0.###e+0}. ")
            + (Step == 0 ? "No step was made yet, so it comes from the start: look at those rows, at adapter.alpha, at the adapter's initial values (adapter.inner.std), and at the base model's weights. "
                : "Look at those rows, make training.learning_rate smaller, or training.clip_norm. ")
            + (_latest is null ? "Nothing was saved before this step." : $"The last good checkpoint is {_latest}."));
    }

    private void End()
    {
        if (_ended) return;
        _ended = true;
        _options.Dropout?.Invoke(false);
        _options.Observer?.Dispose();
    }
}
