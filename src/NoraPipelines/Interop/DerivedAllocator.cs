using System.Runtime.InteropServices;

namespace NoraPipelines.Interop;

/// <summary>
/// A c10::Allocator that hands memory out by functions of ours, made after one that is there: a C++ object is its table of functions, and ours has
/// the same entries but those two.
/// </summary>
internal static unsafe class DerivedAllocator
{
    /// <summary>c10::DataPtr as allocate returns it: data, deleter, what the deleter is called with, device.</summary>
    public const int Words = 4;

    // Entries of the table: two destructors, allocate, is_simple_data_ptr, raw_deleter, copy_data.
    private const int Allocate = 2;
    private const int IsSimple = 3;
    private const int RawDeleter = 4;
    internal const int Entries = 6;
    internal const int WordsBefore = 2; // offset and type
    private const int ObjectWords = 8; // the object has its table's address alone; with room to spare

    /// <summary>The calling convention is that of 64-bit x86 on Linux: a result larger than two words has its place in the first argument.</summary>
    public static bool IsKnownHere =>
        ArgumentLifetimes.LastUntilReturn && OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 && LibtorchOperators.IsOn;

    /// <summary>Whether the table is that of an allocator: one entry is libtorch's own and exported.</summary>
    /// <param name="library">libc10.</param>
    public static bool IsAllocator(nint library, nint* original) =>
        original is not null && NativeLibrary.TryGetExport(library, "_ZNK3c109Allocator18is_simple_data_ptrERKNS_7DataPtrE", out var isSimple)
        && ((nint*)*original)[IsSimple] == isSimple;

    /// <summary>What frees memory of the allocator; 0 where it does not say.</summary>
    public static nint DeleterOf(nint* original) => ((delegate* unmanaged<nint*, nint>)((nint*)*original)[RawDeleter])(original);

    /// <summary>Asks the allocator for memory.</summary>
    /// <param name="result"><see cref="Words"/> words, the ones before filled with something.</param>
    /// <returns>Whether it answers in that place.</returns>
    public static bool Ask(nint* original, nint* result, nuint bytes)
    {
        new Span<nint>(result, Words).Fill(unchecked((nint)0xcccccccccccccccc));
        return ((delegate* unmanaged<nint*, nint*, nuint, nint*>)((nint*)*original)[Allocate])(result, original, bytes) == result;
    }

    /// <summary>Never freed: libtorch refers to it as long as the process lives.</summary>
    public static nint* Of(nint* original, nint allocate, nint rawDeleter)
    {
        var entries = (nint*)*original;
        var own = (nint*)NativeMemory.AllocZeroed(ObjectWords + WordsBefore + Entries, (nuint)sizeof(nint));
        var ownEntries = own + ObjectWords + WordsBefore;
        for (var i = -WordsBefore; i < Entries; i++) ownEntries[i] = entries[i];
        (ownEntries[Allocate], ownEntries[RawDeleter]) = (allocate, rawDeleter);
        *own = (nint)ownEntries;
        return own;
    }
}
