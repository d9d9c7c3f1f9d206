using NoraPipelines.Plans;
using NoraPipelines.Training;

namespace NoraPipelines.Tests.Training;

/// <summary>The numbers are worked out by hand from transformers' formulas: peak 0.1, 110 steps, 10 of them warm-up.</summary>
public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData(0, 0.0)]
    [InlineData(1, 0.01)]
    [InlineData(9, 0.09)]
    [InlineData(10, 0.1)]
    [InlineData(35, 0.085355339059327)] // a quarter: (1 + cos 45°) / 2
    [InlineData(60, 0.05)]
    [InlineData(109, 0.000024672)] // (1 + cos(0.99 π)) / 2 = sin²(0.005 π)
    [InlineData(110, 0.0)]
    [InlineData(500, 0.0)]
    public void Cosine_rises_in_a_line_and_falls_as_half_a_cosine(int step, double rate) =>
        Assert.Equal(rate, LearningRateSchedule.Cosine(0.1, 110, 10).Rate(step), 1e-8);

    [Theory]
    [InlineData(0, 0.0)]
    [InlineData(5, 0.05)]
    [InlineData(10, 0.1)]
    [InlineData(60, 0.05)]
    [InlineData(109, 0.001)]
    [InlineData(110, 0.0)]
    [InlineData(111, 0.0)]
    public void Linear_rises_and_falls_in_lines(int step, double rate) =>
        Assert.Equal(rate, LearningRateSchedule.Linear(0.1, 110, 10).Rate(step), 1e-12);

    [Theory]
    [InlineData(0, 0.0)]
    [InlineData(9, 0.09)]
    [InlineData(10, 0.1)]
    [InlineData(1000, 0.1)]
    public void Constant_keeps_the_peak(int step, double rate) =>
        Assert.Equal(rate, LearningRateSchedule.Constant(0.1, 110, 10).Rate(step), 1e-12);

    [Fact]
    public void Without_warm_up_the_first_step_has_the_peak()
    {
        foreach (var kind in Enum.GetValues<ScheduleKind>()) Assert.Equal(0.1, LearningRateSchedule.Of(kind, 0.1, 100, 0).Rate(0));
    }

    [Fact]
    public void Warm_up_as_long_as_the_run_is_only_a_rise()
    {
        var schedule = LearningRateSchedule.Cosine(1.0, 10, 10);
        for (var step = 0; step < 10; step++) Assert.Equal(step / 10.0, schedule.Rate(step), 1e-12);
    }

    [Theory]
    [InlineData(0.02, 1563, 32)]
    [InlineData(0.0, 100, 0)]
    [InlineData(0.1, 5, 1)]
    public void Warm_up_steps_of_a_ratio_are_rounded_up(double ratio, int steps, int expected) =>
        Assert.Equal(expected, LearningRateSchedule.WarmupStepsOf(ratio, steps));

    [Theory]
    [InlineData(double.NaN, 10, 0)]
    [InlineData(-1.0, 10, 0)]
    [InlineData(1.0, -1, 0)]
    [InlineData(1.0, 10, -1)]
    public void Impossible_numbers_are_refused(double peak, int steps, int warmup) =>
        Assert.Throws<NoraException>(() => LearningRateSchedule.Cosine(peak, steps, warmup));
}
