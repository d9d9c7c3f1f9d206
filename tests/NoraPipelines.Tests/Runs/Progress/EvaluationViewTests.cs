using NoraPipelines.Cli.Terminal;
using NoraPipelines.Evaluation;

namespace NoraPipelines.Tests.Runs.Progress;

public class EvaluationViewTests
{
    [Fact]
    public void Without_a_terminal_a_line_comes_every_five_seconds_with_the_time_left()
    {
        Assert.Equal(["gsm8k 60/1,319  2:06 min left", "gsm8k 100/1,319  2:26 min left"], Lines([1, 6, 8, 12], step: 20, first: 40));
    }

    [Fact]
    public void A_short_evaluation_says_nothing() => Assert.Empty(Lines([0.5, 1, 2], step: 1, first: 1));

    private static string[] Lines(double[] times, int step, int first)
    {
        using var text = new StringWriter();
        var (time, done) = (0.0, first);
        var view = new EvaluationView(new RunView(text, terminal: false, colors: false), () => time);
        foreach (var now in times)
        {
            time = now;
            view.Show(new EvaluationProgress("gsm8k", done, 1319));
            done += step;
        }
        view.Show(new EvaluationProgress("gsm8k", 1319, 1319));
        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
