using NoraPipelines.Interop;
using NoraPipelines.Runs.Progress;
using static TorchSharp.torch;

namespace NoraPipelines.Benchmarks.Measuring;

internal static class FollowedCard
{
    /// <summary>Follows what is taken of a card, from now on; null on a CPU.</summary>
    public static CardUse? Begin(Device device) =>
        device.type == TorchSharp.DeviceType.CUDA ? CardUse.Begin(Math.Max(device.index, 0), CardAllocator.Find, CudaDriver.Find) : null;
}
