using System.Text.RegularExpressions;
using NoraPipelines.Cli.Comparing;
using NoraPipelines.Cli.Comparing.Reporting;
using NoraPipelines.Cli.Reporting;

namespace NoraPipelines.Tests.Runs.Comparing;

public sealed class ChartTests
{
    [Fact]
    public void A_logarithmic_axis_has_round_ticks_within_its_ends()
    {
        Assert.Equal([500, 1000, 2000, 5000, 10_000], LogAxis.Covering(500, 10_000).Ticks.Select(tick => Math.Round(tick, 6)));
        Assert.Equal([1e3, 1e4, 1e5, 1e6, 1e7], LogAxis.Covering(600, 2e7).Ticks.Select(tick => Math.Round(tick, 6)));
        Assert.Equal(["5", "20k", "917.5k", "1.5M", "8G"], new double[] { 5, 20_000, 917_504, 1.5e6, 8e9 }.Select(LogAxis.Label));
        Assert.Equal(0.5, new LogAxis(1, 100).Share(10), 12);
    }

    [Theory]
    [InlineData(1000, 4000, "2k 3k")]
    [InlineData(1000, 1_000_000, "10k 100k")]
    public void Parameters_are_on_a_logarithmic_axis_where_they_differ_by_much(double least, double most, string neighbours)
    {
        var svg = ScatterChart.Draw("scores", "parameters", [new("a", "a", least, 1, 0.1), new("b", "b", most, 2, null)], 900, 300);

        var labels = string.Join(" ", Regex.Matches(svg, "middle\">([0-9.]+[kM])<").Select(match => match.Groups[1].Value));
        Assert.Contains(neighbours, labels, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(svg, "class=\"whisker")); // one of the points has a deviation
    }

    [Fact]
    public void Names_at_one_place_are_written_under_one_another()
    {
        var svg = ScatterChart.Draw("scores", "parameters", [new("a", "a", 10, 1, null), new("b", "b", 10, 1, null), new("c", "c", 20, 3, null)], 900, 300);

        var heights = Regex.Matches(svg, "class=\"name\" x=\"[0-9.]+\" y=\"([0-9.]+)\"").Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(3, heights.Distinct().Count());
    }

    [Fact]
    public void A_histogram_counts_every_value_once()
    {
        var svg = Histogram.Draw("errors", "error", [new("SVD", "b", [0.1, 0.1, 0.1, 0.5]), new("AwSVD", "a", [0.2, 0.2])], 300, 200);

        Assert.Equal(2, Regex.Count(svg, "<polygon class=\"histogram "));
        Assert.Contains(">3<", svg, StringComparison.Ordinal); // the highest bin has three
    }

    [Fact]
    public void A_mean_of_several_has_the_samples_deviation_and_of_one_has_none()
    {
        Assert.Equal(new MetricMean(2, 1), MetricMean.Of([1, 2, 3]));
        Assert.Equal(new MetricMean(5, null), MetricMean.Of([5]));
        Assert.Null(MetricMean.Of([]));
    }

    [Fact]
    public void Colours_repeat_with_dashes() =>
        Assert.Equal(["a", "h", "a dash", "h dash", "a"], new[] { 0, 7, 8, 15, 16 }.Select(SeriesClass.Of));
}
