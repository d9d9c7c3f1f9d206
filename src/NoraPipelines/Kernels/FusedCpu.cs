using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Kernels;

/// <summary>
/// Where the kernels of this folder are used: on a processor, whose operators of libtorch each read and write all of memory, they do in one
/// pass what a composition does in five to ten. Elsewhere, and in other dtypes, the composition is used.
/// </summary>
internal static class FusedCpu
{
    [ThreadStatic] private static bool _composed;

    public static bool Takes(Tensor x) =>
        !_composed && x.device_type == DeviceType.CPU && x.dtype is ScalarType.Float32 or ScalarType.BFloat16 && x.numel() > 0;

    /// <summary>Kernels read and write memory without bounds, so what does not fit together is refused before.</summary>
    /// <exception cref="ArgumentException">It does not fit.</exception>
    public static void Require(bool fits, string expected, params ReadOnlySpan<Tensor> found)
    {
        if (fits) return;
        var text = new List<string>();
        foreach (var tensor in found) text.Add($"{tensor.dtype} [{string.Join(", ", tensor.shape)}]");
        throw new ArgumentException($"Expected {expected}; found {string.Join(" and ", text)}.");
    }

    /// <summary>Whether both are of one shape and dtype.</summary>
    public static bool Alike(Tensor first, Tensor second) => first.dtype == second.dtype && first.shape.AsSpan().SequenceEqual(second.shape);

    /// <summary>The first value of a contiguous tensor; valid while the tensor is alive.</summary>
    /// <exception cref="ArgumentException">It is not in the computer's memory.</exception>
    public static unsafe T* Pointer<T>(Tensor x)
        where T : unmanaged
    {
        if (x.device_type != DeviceType.CPU)
        {
            throw new ArgumentException($"A kernel of the CPU was given a tensor on {x.device_type}, {x.dtype} [{string.Join(", ", x.shape)}]; expected one in "
                + "the computer's memory. Ask FusedCpu.Takes first, and use the composition where it says no.", nameof(x));
        }
        // A span has room for 2 GB; the address of its first value is all that is wanted.
        using var first = x.view(-1).narrow(0, 0, 1);
        fixed (byte* address = first.bytes) return (T*)address;
    }

    /// <summary>The compositions in place of the kernels, on this thread, until disposed: tests compare the two.</summary>
    internal static IDisposable Without() => new Composed();

    private sealed class Composed : IDisposable
    {
        private readonly bool _before = _composed;

        public Composed() => _composed = true;

        public void Dispose() => _composed = _before;
    }
}
