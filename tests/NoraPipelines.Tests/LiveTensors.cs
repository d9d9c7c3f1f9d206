using TorchSharp;

namespace NoraPipelines.Tests;

/// <summary>Tensors that nobody has disposed.</summary>
internal static class LiveTensors
{
    /// <summary>Runs something once, so that what it makes and keeps is there, then again, which must leave no tensor of this thread behind.</summary>
    public static void AssertNoneIsLeft(int times, Action run)
    {
        run();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var time = 0; time < times; time++) run();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }
}
