using static TorchSharp.torch;

namespace NoraPipelines.Benchmarks.Measuring;

internal static class DeviceClock
{
    /// <summary>Returns when the device has done all that was asked of it.</summary>
    public static void Wait(Device device)
    {
        if (device.type == TorchSharp.DeviceType.CUDA) cuda.synchronize();
    }
}
