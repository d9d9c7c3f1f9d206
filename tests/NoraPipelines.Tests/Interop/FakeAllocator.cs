using System.Runtime.InteropServices;
using NoraPipelines.Interop;

namespace NoraPipelines.Tests.Interop;

/// <summary>An object as c10::DeviceAllocator is laid out, with books that a test writes. One at a time on a thread.</summary>
internal sealed unsafe class FakeAllocator : IDisposable
{
    [ThreadStatic] private static FakeAllocator? _current;

    private readonly nint* _object = (nint*)NativeMemory.AllocZeroed(1 + CardAllocator.MemoryInfo + 1, (nuint)sizeof(nint));

    public FakeAllocator()
    {
        _current = this;
        *_object = (nint)(_object + 1);
        var entries = _object + 1;
        entries[CardAllocator.Initialized] = (nint)(delegate* unmanaged<nint, byte>)&IsInitialized;
        entries[CardAllocator.EmptyCache] = (nint)(delegate* unmanaged<nint, ulong, ulong, void>)&Empty;
        entries[CardAllocator.DeviceStatistics] = (nint)(delegate* unmanaged<long*, nint, sbyte, long*>)&Statistics;
        entries[CardAllocator.ResetPeaks] = (nint)(delegate* unmanaged<nint, sbyte, void>)&Reset;
    }

    public bool Initialized { get; set; } = true;

    public AllocatorBooks Books { get; set; } = new(10, 50, 100, 200);

    /// <summary>What it was asked to do: emptied, reset 1.</summary>
    public List<string> Done { get; } = [];

    public CardAllocator Allocator => new((nint)_object);

    public void Dispose()
    {
        _current = null;
        NativeMemory.Free(_object);
    }

    [UnmanagedCallersOnly]
    private static byte IsInitialized(nint self) => _current!.Initialized ? (byte)1 : (byte)0;

    [UnmanagedCallersOnly]
    private static void Empty(nint self, ulong first, ulong second) => _current!.Done.Add(first == 0 && second == 0 ? "emptied" : "emptied another pool");

    [UnmanagedCallersOnly]
    private static long* Statistics(long* result, nint self, sbyte index)
    {
        new Span<long>(result, 128).Fill(-7); // what is read from the wrong place cannot be
        var books = _current!.Books;
        (result[CardAllocator.Allocated], result[CardAllocator.Allocated + 1]) = (books.Held * (index + 1), books.HeldPeak * (index + 1));
        (result[CardAllocator.Reserved], result[CardAllocator.Reserved + 1]) = (books.Taken * (index + 1), books.TakenPeak * (index + 1));
        return result;
    }

    [UnmanagedCallersOnly]
    private static void Reset(nint self, sbyte index) => _current!.Done.Add($"reset {index}");
}
