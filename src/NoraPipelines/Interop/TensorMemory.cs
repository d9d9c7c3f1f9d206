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
    // Entries of the table of c10::Allocator: two destructors, allocate, is_simple_data_ptr, raw_deleter, copy_data.
    private const int Allocate = 2;
    private const int IsSimple = 3;
    private const int RawDeleter = 4;
    private const int Entries = 6;
    private const int WordsBefore = 2; // offset and type
    private const int ObjectWords = 8; // the object has its table's address alone; with room to spare

    // c10::DataPtr as allocate returns it: data, deleter, what the deleter is called with, device.
    private const int Words = 4;
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
        if (!ArgumentLifetimes.LastUntilReturn) return false;
        // The calling convention is that of 64-bit x86 on Linux: a result larger than two words has its place in the first argument.
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64 || !LibtorchOperators.IsOn) return false;
        using (torch.zeros(1)) { } // libtorch is loaded with the first tensor
        if (!NativeLibrary.TryLoad("libc10.so", out var library)) return false;
        if (!NativeLibrary.TryGetExport(library, "_ZN3c1015GetCPUAllocatorEv", out var get)
            || !NativeLibrary.TryGetExport(library, "_ZN3c1015SetCPUAllocatorEPNS_9AllocatorEh", out var set)
            || !NativeLibrary.TryGetExport(library, "_ZTVN3c1019DefaultCPUAllocatorE", out var table)
            || !NativeLibrary.TryGetExport(library, "_ZNK3c109Allocator18is_simple_data_ptrERKNS_7DataPtrE", out var isSimple)) return false;
        var original = ((delegate* unmanaged<nint*>)get)();
        var entries = (nint*)table + WordsBefore;
        if ((nint*)*original != entries || entries[IsSimple] != isSimple || !HandsOutAsExpected(original, entries)) return false;

        // Never freed: libtorch refers to it as long as the process lives.
        var own = (nint*)NativeMemory.AllocZeroed(ObjectWords + WordsBefore + Entries, (nuint)sizeof(nint));
        var ownEntries = own + ObjectWords + WordsBefore;
        for (var i = -WordsBefore; i < Entries; i++) ownEntries[i] = entries[i];
        ownEntries[Allocate] = (nint)(delegate* unmanaged<nint*, nint, nuint, nint*>)&Take;
        ownEntries[RawDeleter] = (nint)(delegate* unmanaged<nint, nint>)&DeleterOf;
        *own = (nint)ownEntries;
        const byte aboveDefault = 1;
        ((delegate* unmanaged<nint*, byte, void>)set)(own, aboveDefault);
        return true;
    }

    /// <summary>Asks libtorch's own allocator for a little memory and looks at what comes back.</summary>
    private static bool HandsOutAsExpected(nint* original, nint* entries)
    {
        var deleter = ((delegate* unmanaged<nint*, nint>)entries[RawDeleter])(original);
        if (deleter == 0) return false;
        var result = stackalloc nint[Words];
        new Span<nint>(result, Words).Fill(unchecked((nint)0xcccccccccccccccc));
        var returned = ((delegate* unmanaged<nint*, nint*, nuint, nint*>)entries[Allocate])(result, original, 256);
        if (returned != result || result[0] == 0 || result[1] != deleter || result[2] != result[0] || (result[3] & 0xffff) != Cpu) return false;
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
