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
        Assert.Equal(rate, new CosineSchedule(0.1, 110, 10, floor: 0).Rate(step), 1e-8);

    [Theory]
    [InlineData(0, 0.0)]
    [InlineData(5, 0.05)]
    [InlineData(10, 0.1)]
    [InlineData(60, 0.05)]
    [InlineData(109, 0.001)]
    [InlineData(110, 0.0)]
    [InlineData(111, 0.0)]
    public void Linear_rises_and_falls_in_lines(int step, double rate) =>
        Assert.Equal(rate, new LinearSchedule(0.1, 110, 10).Rate(step), 1e-12);

    [Theory]
    [InlineData(0, 0.0)]
    [InlineData(9, 0.09)]
    [InlineData(10, 0.1)]
    [InlineData(1000, 0.1)]
    public void Constant_keeps_the_peak(int step, double rate) =>
        Assert.Equal(rate, new ConstantSchedule(0.1, 110, 10).Rate(step), 1e-12);

    [Theory]
    [InlineData(10, 0.1)]
    [InlineData(60, 0.055)] // half of what is above the floor
    [InlineData(110, 0.01)]
    [InlineData(500, 0.01)]
    public void A_cosine_with_a_floor_falls_to_it(int step, double rate) =>
        Assert.Equal(rate, new CosineSchedule(0.1, 110, 10, floor: 0.1).Rate(step), 1e-12);

    [Theory]
    [InlineData(0, 0.0)]
    [InlineData(5, 0.05)]
    [InlineData(10, 0.1)]
    [InlineData(88, 0.1)] // ⌈0.2 · 110⌉ = 22 steps of decay
    [InlineData(99, 0.06)] // half of what is above the floor
    [InlineData(110, 0.02)]
    [InlineData(111, 0.02)]
    public void Wsd_stays_at_the_peak_and_falls_at_the_end(int step, double rate) =>
        Assert.Equal(rate, new WsdSchedule(0.1, 110, 10, decayRatio: 0.2, floor: 0.2).Rate(step), 1e-12);

    [Fact]
    public void The_decay_begins_no_earlier_than_warm_up_ends()
    {
        var schedule = new WsdSchedule(1.0, 10, 6, decayRatio: 0.5, floor: 0);
        Assert.Equal(4, schedule.DecaySteps);
        Assert.Equal([5 / 6.0, 1.0, 0.75, 0.25], new[] { 5, 6, 7, 9 }.Select(schedule.Rate));
    }

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(1.0, 0.0)]
    [InlineData(0.1, -0.1)]
    [InlineData(0.1, 1.0)]
    [InlineData(0.1, double.NaN)]
    public void Impossible_shares_are_refused(double decayRatio, double floor) =>
        Assert.Throws<NoraException>(() => new WsdSchedule(0.1, 10, 0, decayRatio, floor));

    [Fact]
    public void Without_warm_up_the_first_step_has_the_peak()
    {
        foreach (var plan in SchedulePlans.All) Assert.Equal(0.1, Made(plan, 0.1, 100, 0).Rate(0));
    }

    [Fact]
    public void Every_planned_kind_has_a_class_that_takes_its_numbers_by_name()
    {
        foreach (var schedule in SchedulePlans.All.Select(plan => Made(plan, 0.2, 50, 5)))
            Assert.Equal((0.2, 50, 5), (schedule.Peak, schedule.Steps, schedule.WarmupSteps));
    }

    [Fact]
    public void Warm_up_as_long_as_the_run_is_only_a_rise()
    {
        var schedule = new CosineSchedule(1.0, 10, 10, floor: 0);
        for (var step = 0; step < 10; step++) Assert.Equal(step / 10.0, schedule.Rate(step), 1e-12);
    }

    [Theory]
    [InlineData(double.NaN, 10, 0)]
    [InlineData(-1.0, 10, 0)]
    [InlineData(1.0, -1, 0)]
    [InlineData(1.0, 10, -1)]
    public void Impossible_numbers_are_refused(double peak, int steps, int warmup) =>
        Assert.Throws<NoraException>(() => new CosineSchedule(peak, steps, warmup, floor: 0));

    /// <summary>As a generated program makes it.</summary>
    private static LearningRateSchedule Made(SchedulePlan plan, double peak, int steps, int warmup)
    {
        var type = typeof(LearningRateSchedule).Assembly.GetType($"NoraPipelines.Training.{plan.ClassName}", throwOnError: true)!;
        var constructor = type.GetConstructors().Single();
        var own = plan.Arguments.ToDictionary(argument => argument.Key, argument => argument.Value);
        Assert.Equal(["peak", "steps", "warmup", .. own.Keys], constructor.GetParameters().Select(parameter => parameter.Name));
        return (LearningRateSchedule)constructor.Invoke([peak, steps, warmup, .. own.Values.Cast<object>()]);
    }
}
