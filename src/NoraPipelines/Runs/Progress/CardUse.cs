using NoraPipelines.Interop;
using NoraPipelines.Training;

namespace NoraPipelines.Runs.Progress;

/// <summary>What a run uses of a card, from its beginning.</summary>
internal sealed class CardUse
{
    private readonly int _index;
    private readonly Func<CardAllocator?> _allocator;
    private readonly Func<CudaDriver?> _driver;
    private readonly long? _usedBefore;

    private CardUse(int index, Func<CardAllocator?> allocator, Func<CudaDriver?> driver)
    {
        (_index, _allocator, _driver) = (index, allocator, driver);
        allocator()?.Begin(index);
        _usedBefore = driver()?.Memory(index)?.Used;
    }

    /// <param name="index">Of the card.</param>
    /// <param name="allocator">Asked each time: libtorch has none before its first tensor on a card.</param>
    /// <param name="driver">Asked where libtorch's books are closed.</param>
    public static CardUse Begin(int index, Func<CardAllocator?> allocator, Func<CudaDriver?> driver) => new(index, allocator, driver);

    /// <summary>
    /// By libtorch's books, or else what more is in use on the whole card than when the run began: libtorch keeps what it took, so that this is the
    /// peak where nobody else computes there. Null where nobody counts.
    /// </summary>
    public MeasuredPeak? Peak()
    {
        if (_allocator()?.Read(_index) is { } books) return new MeasuredPeak(books.TakenPeak, DeviceMemory.Allocator, books.HeldPeak);
        return _usedBefore is { } before && _driver()?.Memory(_index) is { } now ? new MeasuredPeak(Math.Max(0, now.Used - before), DeviceMemory.Driver) : null;
    }
}
