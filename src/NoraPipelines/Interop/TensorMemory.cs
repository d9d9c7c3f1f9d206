using System.Runtime.InteropServices;
using TorchSharp;

namespace NoraPipelines.Interop;

/// <summary>
/// Has libtorch take the memory of tensors on the CPU from a <see cref="BlockPool"/>. Its place for that is a C++ object; ours is made after the
/// one that is there: each entry of its table, and how it hands memory out, is checked against what libtorch exports before ours takes its
/// place. Where one differs, libtorch keeps its own.
/// </summary>
/// <remarks>
/// A call into libtorch comes back to .NET for each tensor and may wait there for a garbage collection, so what the call was given must outlive
/// it: see <see cref="ArgumentLifetimes"/>.
/// </remarks>
internal static unsafe class TensorMemory
{
    private const nint Cpu = 0xff00; // type 0, index -1

    private static readonly Lock Gate = new();
    private static readonly BlockPool Pool = new(limit: MemoryLimit.Bytes());
    private static bool? _installed;

    /// <summary>The pool, once it serves libtorch; null where it does not.</summary>
    public static BlockPool? Installed => _installed == true ? Pool : null;

    /// <summary>Once a process; tensors that are there keep the memory they have. Nothing happens where this is not the libtorch that is known.</summary>
    /// <returns>Whether the pool serves.</returns>
    public static bool Install()
    {
        lock (Gate) return _installed ??= TryInstall();
    }

    private static bool TryInstall()
    {
        if (!DerivedAllocator.IsKnownHere) return false;
        using (torch.zeros(1)) { } // libtorch is loaded with the first tensor
        if (!NativeLibrary.TryLoad("libc10.so", out var library)
            || !NativeLibrary.TryGetExport(library, "_ZN3c1015GetCPUAllocatorEv", out var get)
            || !NativeLibrary.TryGetExport(library, "_ZN3c1015SetCPUAllocatorEPNS_9AllocatorEh", out var set)
            || !NativeLibrary.TryGetExport(library, "_ZTVN3c1019DefaultCPUAllocatorE", out var table)) return false;
        var original = ((delegate* unmanaged<nint*>)get)();
        const int wordsBefore = 2; // offset and type
        if ((nint*)*original != (nint*)table + wordsBefore || !DerivedAllocator.IsAllocator(library, original) || !HandsOutAsExpected(original)) return false;
        var own = DerivedAllocator.Of(original, (nint)(delegate* unmanaged<nint*, nint, nuint, nint*>)&Take, (nint)(delegate* unmanaged<nint, nint>)&DeleterOf);
        const byte aboveDefault = 1;
        ((delegate* unmanaged<nint*, byte, void>)set)(own, aboveDefault);
        return true;
    }

    /// <summary>Asks libtorch's own allocator for a little memory and looks at what comes back.</summary>
    private static bool HandsOutAsExpected(nint* original)
    {
        var deleter = DerivedAllocator.DeleterOf(original);
        if (deleter == 0) return false;
        var result = stackalloc nint[DerivedAllocator.Words];
        if (!DerivedAllocator.Ask(original, result, bytes: 256) || result[0] == 0 || result[1] != deleter || result[2] != result[0]
            || (result[3] & 0xffff) != Cpu) return false;
        ((delegate* unmanaged<nint, void>)deleter)(result[2]);
        return true;
    }

    [UnmanagedCallersOnly]
    private static nint* Take(nint* result, nint self, nuint bytes)
    {
        var data = (nint)(bytes == 0 ? null : Pool.Take(bytes));
        if (data == 0 && bytes != 0) OutOfMemoryHandler.Tell((long)bytes);
        result[0] = data;
        result[1] = Deleter;
        result[2] = data;
        *(short*)(result + 3) = unchecked((short)Cpu);
        return result;
    }

    [UnmanagedCallersOnly]
    private static void Give(nint data) => Pool.Give((void*)data);

    [UnmanagedCallersOnly]
    private static nint DeleterOf(nint self) => Deleter;

    private static nint Deleter => (nint)(delegate* unmanaged<nint, void>)&Give;
}
