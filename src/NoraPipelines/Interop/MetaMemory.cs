using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace NoraPipelines.Interop;

/// <summary>
/// Counts the bytes that tensors on the device meta would take, while they live. libtorch asks an allocator for the memory of such a tensor too and
/// gets none; this one is asked in its place, and remembers.
/// </summary>
internal static unsafe class MetaMemory
{
    private const byte Meta = 14; // c10::DeviceType::Meta

    private static readonly Lock Gate = new();
    private static bool? _installed;
    private static long _inUse;
    private static long _peak;
    private static long _device; // c10::Device as libtorch's own allocator gives it

    /// <summary>Bytes of all meta tensors that live.</summary>
    public static long InUse => Interlocked.Read(ref _inUse);

    /// <summary>The most that <see cref="InUse"/> was since <see cref="ResetPeak"/>.</summary>
    public static long Peak => Interlocked.Read(ref _peak);

    public static void ResetPeak() => Interlocked.Exchange(ref _peak, InUse);

    /// <summary>Once a process; tensors that are there are not counted.</summary>
    /// <exception cref="NoraException">This is not the libtorch that is known.</exception>
    public static void Install()
    {
        lock (Gate) _installed ??= TryInstall();
        if (_installed == false)
            throw new NoraException("The memory of a walked step cannot be counted here: libtorch's allocator for meta tensors is not the one that is known, of "
                + "libtorch 2.10 on 64-bit Linux. Leave --dry-run out.");
    }

    private static bool TryInstall()
    {
        if (!DerivedAllocator.IsKnownHere) return false;
        using (empty(1, device: META)) { } // libtorch is loaded with the first tensor
        if (!NativeLibrary.TryLoad("libc10.so", out var library)
            || !NativeLibrary.TryGetExport(library, "_ZN3c1012GetAllocatorERKNS_10DeviceTypeE", out var get)
            || !NativeLibrary.TryGetExport(library, "_ZN3c1012SetAllocatorENS_10DeviceTypeEPNS_9AllocatorEh", out var set)) return false;
        var type = Meta;
        var original = ((delegate* unmanaged<byte*, nint*>)get)(&type);
        var result = stackalloc nint[DerivedAllocator.Words];
        if (!DerivedAllocator.IsAllocator(library, original)) return false;
        DerivedAllocator.Ask(original, result, bytes: 256);
        if (result[0] != 0 || result[2] != 0 || (result[3] & 0xff) != Meta) return false;
        _device = result[3] & 0xffff;
        var own = DerivedAllocator.Of(original, (nint)(delegate* unmanaged<nint*, nint, nuint, nint*>)&Take, (nint)(delegate* unmanaged<nint, nint>)&DeleterOf);
        const byte aboveDefault = 1;
        ((delegate* unmanaged<byte, nint*, byte, void>)set)(Meta, own, aboveDefault);
        return true;
    }

    /// <summary>No data; what the deleter is called with are the bytes themselves.</summary>
    [UnmanagedCallersOnly]
    private static nint* Take(nint* result, nint self, nuint bytes)
    {
        var inUse = Interlocked.Add(ref _inUse, (long)bytes);
        for (var peak = Peak; inUse > peak; peak = Peak) Interlocked.CompareExchange(ref _peak, inUse, peak);
        (result[0], result[1], result[2]) = (0, Deleter, (nint)bytes);
        *(short*)(result + 3) = (short)_device;
        return result;
    }

    [UnmanagedCallersOnly]
    private static void Give(nint bytes) => Interlocked.Add(ref _inUse, -bytes);

    [UnmanagedCallersOnly]
    private static nint DeleterOf(nint self) => Deleter;

    private static nint Deleter => (nint)(delegate* unmanaged<nint, void>)&Give;
}
