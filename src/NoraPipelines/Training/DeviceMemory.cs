using NoraPipelines.Interop;
using TorchSharp;

namespace NoraPipelines.Training;

/// <summary>What a program has used of a card, in bytes.</summary>
/// <param name="Taken">Of the card: by libtorch, free blocks that it keeps included, or, where its books are closed, by all who compute there.</param>
/// <param name="Held">By tensors; null where only the driver counts.</param>
/// <param name="Source">Who counted: <see cref="Allocator"/> or <see cref="Driver"/>.</param>
public sealed record DeviceMemory(long Taken, long? Held, string Source)
{
    /// <summary>libtorch's allocator.</summary>
    public const string Allocator = "allocator";

    /// <summary>The card's driver.</summary>
    public const string Driver = "driver";

    /// <summary>Now; null on a CPU, and where nobody counts.</summary>
    public static DeviceMemory? Now(torch.Device device) =>
        device.type == DeviceType.CUDA ? Of(device.index, CardAllocator.Find, CudaDriver.Find) : null;

    /// <param name="card">Its number.</param>
    /// <param name="allocator">Whose books are looked at first.</param>
    /// <param name="driver">Asked where those are closed.</param>
    internal static DeviceMemory? Of(int card, Func<CardAllocator?> allocator, Func<CudaDriver?> driver)
    {
        if (allocator()?.Read(card) is { } books) return new DeviceMemory(books.Taken, books.Held, Allocator);
        return driver()?.Memory(card) is { } memory ? new DeviceMemory(memory.Used, null, Driver) : null;
    }
}
