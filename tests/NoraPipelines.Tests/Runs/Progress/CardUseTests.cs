using NoraPipelines.Interop;
using NoraPipelines.Runs.Progress;
using NoraPipelines.Tests.Interop;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Runs.Progress;

public sealed class CardUseTests
{
    private static readonly CudaDriver Driver = new(CudaDriverTests.Export);

    [Fact]
    public void The_peak_is_what_libtorch_took_where_its_books_are_open()
    {
        using var fake = new FakeAllocator();
        var use = CardUse.Begin(0, () => fake.Allocator, () => Driver);

        Assert.Equal(["emptied", "reset 0"], fake.Done);
        Assert.Equal(new MeasuredPeak(200, "allocator", 50), use.Peak());
        Assert.Equal(new DeviceMemory(100, 10, "allocator"), DeviceMemory.Of(0, () => fake.Allocator, () => Driver));
    }

    [Fact]
    public void Else_it_is_what_more_the_driver_counts_than_before()
    {
        Assert.Equal(new MeasuredPeak(0, "driver"), CardUse.Begin(0, () => null, () => Driver).Peak());
        Assert.Equal(new DeviceMemory(1_000_000_000, null, "driver"), DeviceMemory.Of(0, () => null, () => Driver));
    }

    [Fact]
    public void Where_nobody_counts_there_is_no_number()
    {
        Assert.Null(CardUse.Begin(0, () => null, () => null).Peak());
        Assert.Null(CardUse.Begin(1, () => null, () => Driver).Peak());
        Assert.Null(DeviceMemory.Of(0, () => null, () => null));
        Assert.Null(DeviceMemory.Now(CPU));
        Assert.Null(DeviceMemory.Now(META));
    }

    [Fact]
    public void Processes_of_one_run_that_counted_different_things_have_no_common_peak()
    {
        var first = new MeasuredPeak(100, "allocator", 90);

        Assert.Equal(new MeasuredPeak(120, "allocator", 90), MeasuredPeak.Of(first, new MeasuredPeak(120, "allocator", 80)));
        Assert.Null(MeasuredPeak.Of(first, new MeasuredPeak(120, MeasuredPeak.Process)));
        Assert.Null(MeasuredPeak.Of(first, null));
    }
}
