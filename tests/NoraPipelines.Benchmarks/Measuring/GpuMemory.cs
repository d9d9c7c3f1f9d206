using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace NoraPipelines.Benchmarks.Measuring;

/// <summary>The memory of the GPU as its driver counts it, by the CUDA runtime that libtorch brought.</summary>
internal static unsafe class GpuMemory
{
    private static readonly string[] Names = ["libcudart.so.13", "libcudart.so.12", "libcudart.so"];

    /// <summary>Bytes in use on the whole card; null on a CPU, and where the runtime is not found.</summary>
    public static long? Used(Device device)
    {
        if (device.type != TorchSharp.DeviceType.CUDA) return null;
        using (zeros(1, device: device)) cuda.synchronize(); // what the driver keeps for the process is there
        foreach (var name in Names)
        {
            if (!NativeLibrary.TryLoad(name, out var library) || !NativeLibrary.TryGetExport(library, "cudaMemGetInfo", out var query)) continue;
            nuint free, total;
            return ((delegate* unmanaged<nuint*, nuint*, int>)query)(&free, &total) == 0 ? (long)(total - free) : null;
        }
        return null;
    }
}
