using System.Globalization;
using NoraPipelines.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace NoraPipelines.Cli.Terminal;

/// <summary>Shows training as it goes: a live panel on a terminal, else a line every few seconds.</summary>
internal sealed class TrainingView : ITrainingView
{
    private const double SecondsBetweenLines = 5, SecondsBetweenFrames = 0.1;
    private const string Bars = "▁▂▃▄▅▆▇█";

    private readonly RunView _view;
    private readonly int _steps;
    private readonly int _firstStep;
    private readonly Func<double> _now;
    private readonly List<double> _losses = [];
    private readonly TaskCompletionSource? _ended;
    private readonly Task? _display;
    private readonly double _began;
    private LiveDisplayContext? _context;
    private StepReport? _last;
    private double _shown = double.NegativeInfinity;

    /// <param name="now">Seconds since any fixed moment.</param>
    public TrainingView(RunView view, int steps, int firstStep, Func<double> now)
    {
        (_view, _steps, _firstStep, _now) = (view, steps, firstStep, now);
        _began = now();
        if (!view.IsTerminal || firstStep >= steps) return;
        _ended = new TaskCompletionSource();
        _display = view.Console.Live(new Text("")).StartAsync(context =>
        {
            _context = context; // the delegate runs up to its first await before StartAsync returns
            return _ended.Task;
        });
    }

    public void Show(StepReport step)
    {
        _last = step;
        _losses.Add(step.Loss);
        var due = _now() - _shown >= (_context is null ? SecondsBetweenLines : SecondsBetweenFrames);
        if (!due && step.Step != _steps) return;
        _shown = _now();
        if (_context is null) _view.Progress($"step {step.Step}/{step.Steps}  {Numbers(step)}  {Remaining(step)}");
        else _context.UpdateTarget(Panel(step));
    }

    public void Dispose()
    {
        if (_context is null || _ended is null || _ended.Task.IsCompleted) return;
        if (_last is not null) _context.UpdateTarget(Panel(_last));
        _ended.SetResult();
        _display!.GetAwaiter().GetResult();
    }

    /// <summary>One character a bucket of steps, low to high.</summary>
    internal static string Sparkline(IReadOnlyList<double> values, int width)
    {
        if (values.Count == 0) return "";
        var buckets = Math.Min(width, values.Count);
        var means = Enumerable.Range(0, buckets).Select(bucket =>
        {
            var (start, end) = ((int)((long)bucket * values.Count / buckets), (int)((long)(bucket + 1) * values.Count / buckets));
            return values.Skip(start).Take(end - start).Average();
        }).ToArray();
        var (low, high) = (means.Min(), means.Max());
        return string.Concat(means.Select(mean => high > low ? Bars[(int)Math.Round((mean - low) / (high - low) * (Bars.Length - 1))] : Bars[0]));
    }

    private Rows Panel(StepReport step)
    {
        var done = (int)Math.Round(40.0 * step.Step / step.Steps);
        var percent = (100.0 * step.Step / step.Steps).ToString("F0", CultureInfo.InvariantCulture);
        return new Rows(new List<IRenderable>
        {
            new Markup($"  [deepskyblue3]{new string('━', done)}[/][grey35]{new string('━', 40 - done)}[/]  [bold]{step.Step}/{step.Steps}[/]  {percent} %  [grey]{Remaining(step)}[/]"),
            new Markup($"  [green]{Sparkline(_losses, 40),-40}[/]  {Numbers(step)}"),
        });
    }

    private static string Numbers(StepReport step) => string.Create(CultureInfo.InvariantCulture,
        $"loss {step.Loss:F4}  lr {step.LearningRate:0.00e+0}  gradient {step.GradientNorm:0.000}  {step.TokensPerSecond:N0} tokens/s");

    private string Remaining(StepReport step)
    {
        var (now, done) = (_now(), step.Step - _firstStep);
        return step.Step == step.Steps ? $"{Sizes.Time(now - _began)} in all" : $"{Sizes.Time((now - _began) / done * (step.Steps - step.Step))} left";
    }
}
