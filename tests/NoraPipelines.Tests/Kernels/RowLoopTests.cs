using NoraPipelines.Kernels;
using NoraPipelines.Tests.Build;
using TorchSharp;

namespace NoraPipelines.Tests.Kernels;

public sealed class RowLoopTests
{
    [LinuxFact]
    public void The_shipped_libtorch_lends_its_threads()
    {
        torch.zeros(1).Dispose(); // loads it
        Assert.True(RowLoop.OnLibtorchThreads);
    }

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(7, 10, false)] // on one thread
    [InlineData(1001, 1000, false)]
    [InlineData(1001, 1000, true)]
    [InlineData(2, 100_000, true)]
    public unsafe void Every_row_is_done_once(int rows, int values, bool pool)
    {
        var done = new int[rows];
        fixed (int* counts = done) RowLoop.Run(rows, values, new Counting { Counts = counts }, pool);
        Assert.All(done, count => Assert.Equal(1, count));
    }

    private unsafe struct Counting : IRowBody
    {
        public int* Counts;

        public readonly void Run(long first, long end)
        {
            for (var row = first; row < end; row++) Interlocked.Increment(ref Counts[row]);
        }
    }
}
