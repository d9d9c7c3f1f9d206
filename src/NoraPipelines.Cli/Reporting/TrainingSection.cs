using NoraPipelines.Training;

namespace NoraPipelines.Cli.Reporting;

/// <summary>Loss and learning rate over the steps.</summary>
internal static class TrainingSection
{
    private const int Points = 600;

    public static string Draw(ReportData data)
    {
        if (data.Steps.Count == 0) return "";
        var loss = Curve(data, step => step.Loss);
        List<Series> losses = [new("each step", "pale", loss)];
        if (loss.Count >= 20) losses.Add(new Series("smoothed", "a", LineChart.Smooth(loss, Math.Max(3, loss.Count / 20))));
        else losses = [new Series("loss", "a", loss, Dots: true)];
        var body = $"<h3>Loss</h3>{LineChart.Legend(losses)}{LineChart.Draw("Training loss over steps", "step", losses, 900, 300)}"
            + "<div class=\"two\"><div><h3>Learning rate</h3>" + LineChart.Draw("Learning rate over steps", "step", [new Series("rate", "b", Curve(data, step => step.LearningRate))], 440, 190, fromZero: true)
            + "</div><div><h3>Norm of the gradient, before clipping</h3>" + LineChart.Draw("Gradient norm over steps", "step", [new Series("norm", "c", Curve(data, step => step.GradientNorm))], 440, 190, fromZero: true)
            + "</div></div>";
        return Html.Section("Training", "Mean cross entropy of the labelled tokens of each step, in nats a token.", body);
    }

    private static IReadOnlyList<(double X, double Y)> Curve(ReportData data, Func<StepReport, double> value) =>
        LineChart.Thin([.. data.Steps.Select(step => ((double)step.Step, value(step)))], Points);
}
