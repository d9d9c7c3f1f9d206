namespace NoraPipelines.Cli.Reporting;

/// <summary>Metrics before and after, and some answers.</summary>
internal static class EvaluationSection
{
    private const int SamplesOfTask = 4;

    public static string Draw(ReportData data)
    {
        var names = data.Before.Keys.Union(data.After.Keys).ToArray();
        if (names.Length == 0) return "";
        var table = Html.Table(["Metric", "Before", "After", "Change"], names.Select(name => (IReadOnlyList<string>)
            [Html.Text(name), Shown(data.Before, name), $"<b>{Shown(data.After, name)}</b>", Change(data, name)]));
        return Html.Section("Evaluation", "The same protocol on the same held-out rows, by the base model and by the adapted one.", table + Answers(data));
    }

    private static string Answers(ReportData data)
    {
        var samples = ShownPrediction.Sample(data.Directory, SamplesOfTask);
        if (samples.Count == 0) return "";
        return "<h3>Some answers</h3>\n" + string.Concat(samples.Select(sample =>
            $"<details><summary>{Verdict(sample.After)} {Html.Text(Excerpt(sample.After.Output, 90))}</summary>"
            + $"<h3>Asked</h3><pre>{Html.Text(Excerpt(sample.After.Prompt, 1500))}</pre>"
            + (sample.Before is { } before ? $"<h3>Before training</h3><pre>{Html.Text(Excerpt(before.Output, 1000))}</pre>" : "")
            + $"<h3>After training</h3><pre>{Html.Text(Excerpt(sample.After.Output, 1000))}</pre>"
            + $"<h3>Expected</h3><pre>{Html.Text(Excerpt(sample.After.Gold, 500))}</pre></details>\n"));
    }

    private static string Verdict(ShownPrediction prediction) => prediction.Verdict.Length == 0
        ? ""
        : $"<span class=\"{(prediction.Verdict == "correct" ? "good" : "bad")}\">{Html.Text(prediction.Verdict)}</span>";

    private static string Excerpt(string text, int length) => text.Length <= length ? text : text[..length] + " …";

    private static string Shown(IReadOnlyDictionary<string, double> metrics, string name) =>
        metrics.TryGetValue(name, out var value) ? Sizes.Number(value) : "–";

    private static string Change(ReportData data, string name)
    {
        if (!data.Before.TryGetValue(name, out var before) || !data.After.TryGetValue(name, out var after)) return "–";
        var better = after == before ? "" : after < before == MetricDirection.SmallerIsBetter(name) ? "good" : "bad";
        return $"<span class=\"{better}\">{(after > before ? "+" : after < before ? "−" : "")}{Sizes.Number(Math.Abs(after - before))}</span>";
    }
}
