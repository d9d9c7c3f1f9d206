using NoraPipelines.Interop;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Interop;

public sealed class ArgumentLifetimesTests
{
    [Fact]
    public void Scalars_of_a_call_survive_collections_that_another_thread_starts()
    {
        Assert.True(ArgumentLifetimes.LastUntilReturn);
        using var small = ones(100);
        using var large = ones(200_000); // its results are blocks of the pool
        var over = false;
        var collecting = new Thread(() =>
        {
            while (!Volatile.Read(ref over))
            {
                GC.Collect(0);
                Thread.Sleep(1);
            }
        });
        collecting.Start();
        try
        {
            // With TorchSharp as its package has it this fails after some hundred collections; the three seconds have a thousand and more.
            var time = System.Diagnostics.Stopwatch.StartNew();
            while (time.Elapsed < TimeSpan.FromSeconds(3))
            {
                using var half = small * 0.5;
                using var two = large.add(large);
                using var clamped = large.clamp(0.25, 0.75);
                Assert.Equal((0.5f, 2f, 0.75f), (half[0].item<float>(), two[0].item<float>(), clamped[0].item<float>()));
            }
        }
        finally
        {
            Volatile.Write(ref over, true);
            collecting.Join();
        }
    }
}
