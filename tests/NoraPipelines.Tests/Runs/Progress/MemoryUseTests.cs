using NoraPipelines.Runs.Progress;
using NoraPipelines.Tests.Build;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Runs.Progress;

[Collection(RandomState.Name)] // alone: other tests' tensors would count
public sealed class MemoryUseTests
{
    private const long Much = 400_000_000;

    [LinuxFact]
    public void The_peak_of_a_run_is_not_that_of_the_run_before()
    {
        MemoryUse.Begin(CPU);
        ones(Much / 4).Dispose();
        ones(1000).Dispose();
        var first = MemoryUse.Peak()?.Bytes;
        MemoryUse.Begin(CPU);
        ones(1000).Dispose();
        var second = MemoryUse.Peak()?.Bytes;

        if (second is null) return; // this container does not let the peak begin anew, and no number is told
        Assert.True(first - second > Much / 2, $"{first} and then {second}");
        Assert.InRange(second.Value, MemoryUse.Resident()!.Value - Much / 4, MemoryUse.Resident()!.Value + Much / 4);
    }
}
