using System.Diagnostics;
using System.Globalization;
using NoraPipelines.Evaluation;

namespace NoraPipelines.Cli.Terminal;

/// <summary>
/// Shows an evaluation as it goes: one line that is drawn over on a terminal, else a line every few seconds. An evaluation that is over
/// before the first line is due says nothing.
/// </summary>
/// <param name="now">Seconds since any fixed moment.</param>
internal sealed class EvaluationView(RunView view, Func<double> now)
{
    private const double SecondsBetweenLines = 5, SecondsBetweenFrames = 0.2;

    private readonly double _began = now();
    private double _shown = now();
    private int _drawn;

    public static EvaluationView On(RunView view) => new(view, static () => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency);

    public void Show(EvaluationProgress progress)
    {
        var time = now();
        if (progress.Done == progress.Total)
        {
            Draw("");
            return;
        }
        if (time - _shown < (view.IsTerminal ? SecondsBetweenFrames : SecondsBetweenLines)) return;
        _shown = time;
        var left = (time - _began) / progress.Done * (progress.Total - progress.Done);
        var text = string.Create(CultureInfo.InvariantCulture, $"{progress.Task} {progress.Done:N0}/{progress.Total:N0}  {Sizes.Time(left)} left");
        if (view.IsTerminal) Draw("  " + text);
        else view.Progress(text);
    }

    private void Draw(string text)
    {
        if (!view.IsTerminal || (text.Length == 0 && _drawn == 0)) return;
        view.Overwrite(text.PadRight(_drawn));
        _drawn = text.Length;
    }
}
