using NoraPipelines.Interop;
using NoraPipelines.Tests.Models.Llama;
using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Interop;

/// <summary>Alone: the memory of a process is that of all tests that run.</summary>
[Collection(WholeMemory.Name)]
public sealed class LibtorchCallsMemoryTests
{
    [Fact]
    public void Calls_leave_no_tensor_and_no_memory_behind()
    {
        using var generator = new Generator(2, CPU);
        using var gradient = randn([256, 1024], generator: generator); // 1 MB
        using var gain = ones(1024);
        using var heads = randn([1, 4, 64, 256], generator: generator);
        long Resident() => Environment.WorkingSet;

        void Calls(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var scope = NewDisposeScope();
                LibtorchOperators.SiluGradient(gradient, gradient);
                LibtorchOperators.RmsNorm(gradient, gain, 1e-5);
                LibtorchOperators.GroupedAttention(gradient.view(1, 16, 64, 256), heads, heads, causal: true);
            }
        }
        Calls(20);
        var (live, before) = (DisposeScopeManager.Statistics.ThreadTotalLiveCount, Resident());
        Calls(300); // 900 MB if results or handles stayed
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.InRange(Resident() - before, long.MinValue, 100_000_000);
    }
}
