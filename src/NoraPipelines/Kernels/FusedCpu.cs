using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Kernels;

/// <summary>
/// Where the kernels of this folder are used: on a processor, whose operators of libtorch each read and write all of memory, they do in one
/// pass what a composition does in five to ten. Elsewhere, and in other dtypes, the composition is used.
/// </summary>
internal static class FusedCpu
{
    public static bool Takes(Tensor x) =>
        x.device_type == DeviceType.CPU && x.dtype is ScalarType.Float32 or ScalarType.BFloat16 && x.numel() > 0;

    /// <summary>The first value of a contiguous tensor; valid while the tensor is alive.</summary>
    public static unsafe T* Pointer<T>(Tensor x)
        where T : unmanaged
    {
        // A span has room for 2 GB; the address of its first value is all that is wanted.
        using var first = x.view(-1).narrow(0, 0, 1);
        fixed (byte* address = first.bytes) return (T*)address;
    }
}
