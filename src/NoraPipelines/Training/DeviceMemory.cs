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
    public static DeviceMemory? Now(torch.Device device) => Now(device, CardAllocator.Find, CudaDriver.Find);

    internal static DeviceMemory? Now(torch.Device device, Func<CardAllocator?> allocator, Func<CudaDriver?> driver)
    {
        if (device.type != DeviceType.CUDA) return null;
        if (allocator()?.Read(device.index) is { } books) return new DeviceMemory(books.Taken, books.Held, Allocator);
        return driver()?.Memory(device.index) is { } card ? new DeviceMemory(card.Used, null, Driver) : null;
    }
}
