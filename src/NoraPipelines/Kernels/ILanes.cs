using System.Runtime.Intrinsics;

namespace NoraPipelines.Kernels;

/// <summary>How a dtype's values become sixteen float32 lanes and back. A kernel is written once, over this.</summary>
internal unsafe interface ILanes<TSelf>
    where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>Sixteen values from <paramref name="at"/> on.</summary>
    static abstract Vector512<float> Load(TSelf* at);

    /// <summary>Rounds sixteen values to the dtype, to nearest and ties to even, and writes them.</summary>
    static abstract void Store(TSelf* at, Vector512<float> values);

    /// <summary>What the values are once they were stored and loaded.</summary>
    static abstract Vector512<float> Round(Vector512<float> values);
}
