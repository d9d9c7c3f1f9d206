using System.Numerics;
using System.Runtime.InteropServices;

namespace NoraPipelines.Interop;

/// <summary>
/// Memory in blocks that are kept when they are freed. A request from <see cref="SmallestPooled"/> on gets a block of its own pages, at most an
/// eighth larger than it; smaller ones come from the C library. Free blocks go back to the system, the longest unused first, where a new one
/// would take the pool above the most that was ever in use at once and a sixteenth.
/// </summary>
/// <remarks>
/// The heap of the C library serves tensors badly: an aligned request asks for a little more than a freed block of its size has, so that the heap
/// grows to twice what is in it and more, and what it gives back must be cleared again (docs/memory.md).
/// </remarks>
internal sealed unsafe partial class BlockPool
{
    /// <summary>Of what is handed out: the alignment of libtorch's tensors.</summary>
    public const int Alignment = 64;

    public const nuint SmallestPooled = 64 * 1024;

    private const int StepsOfOctave = 8;
    private const int HeaderPage = 4096; // a page of its own, so that sizes that are powers of two fill their block
    private const ulong InUseMark = 0x6e6f72615f757365;
    private const ulong FreeMark = 0x6e6f72615f667265;
    private const ulong SmallMark = 0x6e6f72615f736d6c;

    private readonly Lock _gate = new();
    private readonly Block*[] _free = new Block*[64 * StepsOfOctave]; // of each class, the last one freed first
    private readonly long _slack;
    private Block* _oldest;
    private Block* _newest;

    /// <param name="slack">Bytes that the pool may hold beyond its share.</param>
    /// <param name="limit"><see cref="Limit"/>.</param>
    public BlockPool(long slack = 16L << 20, long limit = long.MaxValue) => (_slack, Limit) = (slack, limit);

    /// <summary>Bytes that the pool never holds more of.</summary>
    public long Limit { get; }

    /// <summary>Bytes of the blocks that are handed out; small ones are not counted.</summary>
    public long InUse { get; private set; }

    /// <summary>The most that was in use at once since <see cref="Begin"/>.</summary>
    public long Peak { get; private set; }

    /// <summary>Bytes of the blocks that the pool has from the system, in use or free.</summary>
    public long Held { get; private set; }

    /// <summary>Memory for <paramref name="bytes"/>, aligned, its contents undefined. Null where the system has no more, or it were above the limit.</summary>
    public void* Take(nuint bytes)
    {
        if (bytes < SmallestPooled) return TakeSmall(bytes);
        if (bytes > nuint.MaxValue / 4) return null;
        var (size, sizeClass) = ClassOf(bytes);
        lock (_gate)
        {
            var block = _free[sizeClass];
            if (block is not null) Unlink(block);
            else if ((block = Map(size, sizeClass)) is null) return null;
            block->Mark = InUseMark;
            InUse += (long)size;
            Peak = Math.Max(Peak, InUse);
            return (byte*)block + Alignment;
        }
    }

    /// <summary>Takes back what <see cref="Take"/> gave. Anything else ends the process: memory would be corrupt.</summary>
    public void Give(void* data)
    {
        if (data is null) return;
        var block = (Block*)((byte*)data - Alignment);
        if (block->Mark == SmallMark)
        {
            block->Mark = FreeMark;
            NativeMemory.AlignedFree(block);
            return;
        }
        lock (_gate)
        {
            if (block->Mark != InUseMark) Environment.FailFast("A tensor's memory was freed twice, or is not of this pool.");
            block->Mark = FreeMark;
            InUse -= (long)block->Bytes;
            Link(block);
        }
    }

    /// <summary>Gives what is free back to the system and counts the peak from here.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            while (_oldest is not null) Unmap(_oldest);
            Peak = InUse;
        }
    }

    /// <summary>Sizes grow by an eighth of a power of two, and are whole pages.</summary>
    private static (nuint Size, int Class) ClassOf(nuint bytes)
    {
        var octave = BitOperations.Log2((ulong)bytes);
        var shift = octave - BitOperations.Log2(StepsOfOctave);
        var steps = ((bytes - 1) >> shift) + 1;
        return (steps << shift, (octave * StepsOfOctave) + (int)steps - StepsOfOctave);
    }

    private static void* TakeSmall(nuint bytes)
    {
        try
        {
            var block = (Block*)NativeMemory.AlignedAlloc(bytes + Alignment, Alignment);
            block->Mark = SmallMark;
            return (byte*)block + Alignment;
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    private Block* Map(nuint size, int sizeClass)
    {
        while (_oldest is not null && Held + (long)size > Math.Min(Allowed(size), Limit)) Unmap(_oldest);
        if (Held + (long)size > Limit) return null;
        var pages = (byte*)mmap(null, size + HeaderPage, ReadWrite, PrivateAnonymous, -1, 0);
        while (pages == Failed && _oldest is not null)
        {
            Unmap(_oldest);
            pages = (byte*)mmap(null, size + HeaderPage, ReadWrite, PrivateAnonymous, -1, 0);
        }
        if (pages == Failed) return null;
        Held += (long)size;
        var block = (Block*)(pages + HeaderPage - Alignment);
        (block->Bytes, block->Class) = (size, sizeClass);
        return block;
    }

    private long Allowed(nuint size)
    {
        var peak = Math.Max(Peak, InUse + (long)size);
        return peak + (peak / 16) + _slack;
    }

    private void Unmap(Block* block)
    {
        Unlink(block);
        Held -= (long)block->Bytes;
        _ = munmap((byte*)block + Alignment - HeaderPage, block->Bytes + HeaderPage);
    }

    private void Link(Block* block)
    {
        (block->Older, block->Newer) = ((nint)_newest, 0);
        if (_newest is null) _oldest = block;
        else _newest->Newer = (nint)block;
        _newest = block;
        var next = _free[block->Class];
        (block->Above, block->Below) = (0, (nint)next);
        if (next is not null) next->Above = (nint)block;
        _free[block->Class] = block;
    }

    private void Unlink(Block* block)
    {
        var (older, newer, above, below) = ((nint)block->Older, (nint)block->Newer, (nint)block->Above, (nint)block->Below);
        if (older == 0) _oldest = (Block*)newer;
        else ((Block*)older)->Newer = newer;
        if (newer == 0) _newest = (Block*)older;
        else ((Block*)newer)->Older = older;
        if (above == 0) _free[block->Class] = (Block*)below;
        else ((Block*)above)->Below = below;
        if (below != 0) ((Block*)below)->Above = above;
    }

    /// <summary>Stands before what is handed out. Two lists go through the free ones: by time, and by class.</summary>
    [StructLayout(LayoutKind.Sequential, Size = Alignment)]
    private struct Block
    {
        public ulong Mark;
        public nuint Bytes;
        public int Class;
        public nint Older;
        public nint Newer;
        public nint Above;
        public nint Below;
    }

    // Linux's numbers, the same for all its processors that .NET runs on.
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private static readonly byte* Failed = (byte*)-1;

    [LibraryImport("libc")]
    private static partial void* mmap(void* address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc")]
    private static partial int munmap(void* address, nuint length);
}
