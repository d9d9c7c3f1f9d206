using NoraPipelines.Data;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Data;

[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class HostTensorsTests
{
    [Fact]
    public void On_the_CPU_nothing_is_copied()
    {
        using var made = tensor(new long[] { 1, 2, 3 });
        Assert.Same(made, made.On(CPU));
    }

    [Fact]
    public void Elsewhere_there_is_a_copy_and_what_was_made_is_gone()
    {
        var made = tensor(new long[] { 1, 2, 3 });
        using var there = made.On(META);

        Assert.True(made.IsInvalid);
        Assert.Equal((TorchSharp.DeviceType.META, ScalarType.Int64), (there.device_type, there.dtype));
        Assert.Equal([3], there.shape);
    }

    [Fact]
    public void A_copy_holds_what_was_made()
    {
        using var there = tensor(new long[] { 1, 2, 3 }).On(TestDevice.Here);
        using var back = there.to(CPU);

        Assert.Equal(TestDevice.Here.type, there.device_type);
        Assert.Equal([1, 2, 3], back.data<long>().ToArray());
    }
}
