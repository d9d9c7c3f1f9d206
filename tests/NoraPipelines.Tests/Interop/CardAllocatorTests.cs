using System.Runtime.InteropServices;
using NoraPipelines.Interop;
using NoraPipelines.Tests.Build;
using TorchSharp;

namespace NoraPipelines.Tests.Interop;

public sealed unsafe class CardAllocatorTests
{
    [LinuxFact]
    public void The_shipped_libtorch_lays_the_class_out_as_it_is_read()
    {
        torch.zeros(1).Dispose(); // loads it
        var table = (nint*)NativeLibrary.GetExport(NativeLibrary.Load("libc10.so"), "_ZTVN3c1015DeviceAllocatorE") + 2;
        var pure = NativeLibrary.GetExport(NativeLibrary.Load("libstdc++.so.6"), "__cxa_pure_virtual");

        Assert.True(CardAllocator.IsKnown(table, pure));
        Assert.False(CardAllocator.IsKnown(table + 1, pure)); // one entry more or less is another class
        Assert.False(CardAllocator.IsKnown(table - 1, pure));
    }

    [LinuxFact]
    public void A_libtorch_without_cards_has_none()
    {
        torch.zeros(1).Dispose();
        if (!torch.cuda.is_available()) Assert.Null(CardAllocator.Find());
    }

    [Fact]
    public void The_books_of_each_card_are_read_once_there_are_any()
    {
        using var fake = new FakeAllocator();
        Assert.Equal(new AllocatorBooks(10, 50, 100, 200), fake.Allocator.Read(0));
        Assert.Equal(new AllocatorBooks(20, 100, 200, 400), fake.Allocator.Read(1));

        Assert.Null(fake.Allocator.Read(-1)); // libtorch would end the process
        fake.Initialized = false;

        Assert.Null(fake.Allocator.Read(0));
        fake.Allocator.Begin(0);
        Assert.Empty(fake.Done);
    }

    [Theory]
    [InlineData(-1, 50, 100, 200)]
    [InlineData(60, 50, 100, 200)]
    [InlineData(10, 50, 5, 200)]
    [InlineData(10, 50, 100, 90)]
    [InlineData(10, 300, 100, 200)]
    [InlineData(10, 50, 100, long.MaxValue)]
    public void Impossible_numbers_are_no_numbers(long held, long heldPeak, long taken, long takenPeak)
    {
        using var fake = new FakeAllocator { Books = new(held, heldPeak, taken, takenPeak) };
        Assert.Null(fake.Allocator.Read(0));
    }

    [Fact]
    public void A_new_count_gives_free_blocks_back_first()
    {
        using var fake = new FakeAllocator();
        fake.Allocator.Begin(1);
        Assert.Equal(["emptied", "reset 1"], fake.Done);
    }
}
