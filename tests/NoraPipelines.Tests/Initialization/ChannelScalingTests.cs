using NoraPipelines.Initialization;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Initialization;

public sealed class ChannelScalingTests
{
    [Fact]
    public void It_is_the_statistic_to_the_power_of_the_exponent()
    {
        using var scope = NewDisposeScope();
        var scaling = ChannelScaling.Of(tensor(new[] { 4.0, 9.0, 16.0 }), 0.5, "q");
        Assert.Equal([2.0, 3.0, 4.0], scaling.Values.data<double>().ToArray());
        Assert.Equal(0, scaling.Floored);
    }

    [Fact]
    public void Quiet_channels_are_raised_to_a_ten_thousandth_of_the_mean_and_counted()
    {
        using var scope = NewDisposeScope();
        var scaling = ChannelScaling.Of(tensor(new[] { 0.0, 1e-9, 1.0, 3.0 }), 1.0, "q");
        Assert.Equal(2, scaling.Floored);
        Assert.Equal(1e-4, scaling.Values[0].item<double>(), 1e-12);
        Assert.Equal(1e-4, scaling.Values[1].item<double>(), 1e-12);
        Assert.Equal(3.0, scaling.Values[3].item<double>());
    }

    [Fact]
    public void A_silent_input_is_scaled_by_one()
    {
        using var scope = NewDisposeScope();
        var scaling = ChannelScaling.Of(zeros(3, float64), 0.5, "q");
        Assert.Equal([1.0, 1.0, 1.0], scaling.Values.data<double>().ToArray());
        Assert.Equal(3, scaling.Floored);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1.0)]
    public void A_statistic_that_is_none_is_refused_with_the_projections_name(double value)
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<NoraException>(() => ChannelScaling.Of(tensor(new[] { 1.0, value }), 0.5, "model.layers.3.mlp.up_proj"));
        Assert.StartsWith("model.layers.3.mlp.up_proj:", error.Message);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void An_exponent_outside_zero_to_one_is_refused(double exponent)
    {
        using var scope = NewDisposeScope();
        Assert.Contains("calibration.exponent", Assert.Throws<NoraException>(() => ChannelScaling.Of(ones(2), exponent, "q")).Message);
    }

    [Fact]
    public void The_weights_own_statistic_is_the_mean_size_over_the_outputs()
    {
        using var scope = NewDisposeScope();
        var weight = tensor(new[,] { { 1f, -2f, 0f }, { -3f, 4f, 0f } });
        Assert.Equal([2.0, 3.0, 0.0], ChannelScaling.WeightMeanAbs(weight).data<double>().ToArray());
    }
}
