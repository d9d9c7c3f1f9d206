using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Training;

public class StepCountTests
{
    [Theory]
    [InlineData(2, 100_000, 128, 1563)]
    [InlineData(1, 128, 128, 1)]
    [InlineData(1, 129, 128, 2)]
    [InlineData(0.1, 1000, 10, 10)]
    [InlineData(0.3, 10, 1, 3)]
    public void Epochs_are_one_stream_whose_last_step_may_be_smaller(double epochs, long rows, int batch, int steps) =>
        Assert.Equal(steps, StepCount.Of(SamplePlans.Llama3.Training with { Epochs = epochs, Batch = batch }, rows));

    [Fact]
    public void More_steps_than_can_be_counted_are_none_and_a_share_of_a_row_is_one()
    {
        var training = SamplePlans.Llama3.Training with { Batch = 1 };
        Assert.Null(StepCount.Of(training with { Epochs = 1e6 }, 1_000_000_000));
        Assert.Equal(1, StepCount.Of(training with { Epochs = 1e-30 }, 5));
    }

    [Fact]
    public void Steps_are_as_given() =>
        Assert.Equal(7, StepCount.Of(SamplePlans.Llama3.Training with { Epochs = null, Steps = 7 }, 100_000));

    [Fact]
    public void The_limit_stands_for_the_rows_of_the_file() => Assert.Equal(1563, StepCount.Planned(SamplePlans.Llama3));

    [Fact]
    public void Without_a_limit_the_rows_are_not_known()
    {
        var plan = SamplePlans.Llama3;
        Assert.Null(StepCount.Planned(plan with { Dataset = plan.Dataset with { Train = plan.Dataset.Train with { Limit = null } } }));
    }

    [Theory]
    [InlineData(0.02, 1563, 32)]
    [InlineData(0.01, 100, 1)]
    [InlineData(0.1, 5, 1)]
    [InlineData(0.07, 100, 7)] // transformers: 8
    [InlineData(0, 100, 0)]
    public void Warm_up_is_the_ratio_as_it_is_written_rounded_up(double ratio, int steps, int expected) =>
        Assert.Equal(expected, StepCount.Warmup(ratio, steps));
}
