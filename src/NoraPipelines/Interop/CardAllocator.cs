using System.Runtime.InteropServices;

namespace NoraPipelines.Interop;

/// <summary>
/// The books of libtorch's allocator of CUDA tensors, which no C interface opens: a C++ object. It is taken for what it is by C++'s own cast to
/// c10::DeviceAllocator, and its table by what libtorch exports of that class: after <see cref="DerivedAllocator"/>'s six entries of every allocator,
/// six more without a body and one with. Where that differs, or a number is impossible, there are no books.
/// </summary>
internal sealed unsafe class CardAllocator
{
    // Entries of the table of c10::DeviceAllocator, after those of c10::Allocator.
    internal const int Initialized = DerivedAllocator.Entries;
    internal const int EmptyCache = DerivedAllocator.Entries + 1;
    internal const int RecordStream = DerivedAllocator.Entries + 2;
    internal const int DeviceStatistics = DerivedAllocator.Entries + 3;
    internal const int ResetAccumulated = DerivedAllocator.Entries + 4;
    internal const int ResetPeaks = DerivedAllocator.Entries + 5;
    internal const int MemoryInfo = DerivedAllocator.Entries + 6;

    // c10::CachingDeviceAllocator::DeviceStats begins with nine arrays of three counts (all blocks, small ones, large ones), each of now, peak,
    // ever added and ever taken away. With room to spare: it is a thousand bytes and may grow.
    internal const int Count = 4;
    internal const int Allocated = 4 * 3 * Count; // allocated_bytes, the fifth
    internal const int Reserved = 5 * 3 * Count; // reserved_bytes
    private const int Words = 1024;

    private const sbyte Cuda = 1; // c10::DeviceType::CUDA

    private static CardAllocator? _found;

    private readonly nint* _self;

    /// <param name="self">A c10::DeviceAllocator.</param>
    internal CardAllocator(nint self) => _self = (nint*)self;

    /// <summary>Null where libtorch has none for CUDA, or one of another make.</summary>
    public static CardAllocator? Find() => _found ??= Load(); // one that is not there may come with the first tensor on a card

    /// <summary>What is taken of a card; null before anything was, and where the numbers cannot be.</summary>
    /// <param name="index">Of a card that libtorch sees: any other ends the process.</param>
    public AllocatorBooks? Read(int index)
    {
        if (index < 0 || !IsInitialized) return null;
        var words = stackalloc long[Words];
        _ = ((delegate* unmanaged<long*, nint*, sbyte, long*>)Entry(DeviceStatistics))(words, _self, (sbyte)index);
        var books = new AllocatorBooks(words[Allocated], words[Allocated + 1], words[Reserved], words[Reserved + 1]);
        return books.ArePossible ? books : null;
    }

    /// <summary>Gives blocks that nothing uses back to the card, and has the peaks begin anew.</summary>
    /// <param name="index">Of a card that libtorch sees: any other ends the process.</param>
    public void Begin(int index)
    {
        if (index < 0 || !IsInitialized) return;
        ((delegate* unmanaged<nint*, ulong, ulong, void>)Entry(EmptyCache))(_self, 0, 0); // the pool of all that is in no graph
        ((delegate* unmanaged<nint*, sbyte, void>)Entry(ResetPeaks))(_self, (sbyte)index);
    }

    /// <summary>Whether the table that libtorch exports for the class is laid out as this one reads it.</summary>
    internal static bool IsKnown(nint* entries, nint pure)
    {
        for (var i = Initialized; i < MemoryInfo; i++)
        {
            if (entries[i] != pure) return false;
        }
        return entries[MemoryInfo] != 0 && entries[MemoryInfo] != pure;
    }

    private bool IsInitialized => ((delegate* unmanaged<nint*, byte>)Entry(Initialized))(_self) != 0;

    private nint Entry(int index) => ((nint*)*_self)[index];

    private static CardAllocator? Load()
    {
        // The calling convention is that of 64-bit x86 on Linux, as in TensorMemory.
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64 || !LibtorchOperators.IsOn) return null;
        if (!NativeLibrary.TryLoad("libc10.so", out var library) || !NativeLibrary.TryLoad("libstdc++.so.6", out var runtime)) return null;
        if (!NativeLibrary.TryGetExport(library, "_ZN3c1012GetAllocatorERKNS_10DeviceTypeE", out var get)
            || !NativeLibrary.TryGetExport(library, "_ZTIN3c109AllocatorE", out var any)
            || !NativeLibrary.TryGetExport(library, "_ZTIN3c1015DeviceAllocatorE", out var own)
            || !NativeLibrary.TryGetExport(library, "_ZTVN3c1015DeviceAllocatorE", out var table)
            || !NativeLibrary.TryGetExport(runtime, "__cxa_pure_virtual", out var pure)
            || !NativeLibrary.TryGetExport(runtime, "__dynamic_cast", out var cast)
            || !IsKnown((nint*)table + DerivedAllocator.WordsBefore, pure)) return null;
        var cuda = Cuda;
        var found = ((delegate* unmanaged<sbyte*, nint>)get)(&cuda);
        if (found == 0) return null;
        var self = ((delegate* unmanaged<nint, nint, nint, nint, nint>)cast)(found, any, own, 0);
        return self == 0 ? null : new CardAllocator(self);
    }
}

/// <summary>Bytes of a card, as libtorch's allocator has them.</summary>
/// <param name="Held">By tensors now.</param>
/// <param name="HeldPeak">By tensors at most since the peaks began.</param>
/// <param name="Taken">Of the card now, free blocks that it keeps included.</param>
/// <param name="TakenPeak">At most since the peaks began.</param>
internal readonly record struct AllocatorBooks(long Held, long HeldPeak, long Taken, long TakenPeak)
{
    public bool ArePossible => Held >= 0 && HeldPeak >= Held && Taken >= Held && TakenPeak >= Taken && TakenPeak >= HeldPeak && TakenPeak <= Most;

    /// <summary>More than any card has: what is read there is no number of bytes.</summary>
    private const long Most = 1L << 46;
}
