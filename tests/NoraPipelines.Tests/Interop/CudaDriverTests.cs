using System.Runtime.InteropServices;
using NoraPipelines.Interop;

namespace NoraPipelines.Tests.Interop;

/// <summary>A driver with two cards, of which the second tells no memory: every context that is pushed must be popped, and every one retained released.</summary>
public sealed unsafe class CudaDriverTests
{
    private const int Invalid = 101;
    private static readonly (long Free, long Total) Bytes = (79_000_000_000, 80_000_000_000);

    [ThreadStatic] private static int _retained;
    [ThreadStatic] private static int _pushed;

    [Fact]
    public void A_card_has_a_name_and_memory()
    {
        var driver = new CudaDriver(Export);

        Assert.Equal("Card of a test", driver.Name(0));
        Assert.Equal(new CardMemory(80_000_000_000, 79_000_000_000), driver.Memory(0));
        Assert.Equal(1_000_000_000, driver.Memory(0)!.Value.Used);
        Assert.Equal((0, 0), (_retained, _pushed));
    }

    [Fact]
    public void What_the_driver_refuses_is_null_and_nothing_stays_open()
    {
        var driver = new CudaDriver(Export);

        Assert.Null(driver.Memory(1));
        Assert.Null(driver.Memory(2));
        Assert.Null(driver.Name(2));
        Assert.Equal((0, 0), (_retained, _pushed));
    }

    internal static nint Export(string name) => name switch
    {
        "cuInit" => (nint)(delegate* unmanaged<uint, int>)&Begin,
        "cuDeviceGet" => (nint)(delegate* unmanaged<int*, int, int>)&Card,
        "cuDeviceGetName" => (nint)(delegate* unmanaged<byte*, int, int, int>)&Name,
        "cuDevicePrimaryCtxRetain" => (nint)(delegate* unmanaged<nint*, int, int>)&Retain,
        "cuDevicePrimaryCtxRelease_v2" => (nint)(delegate* unmanaged<int, int>)&Release,
        "cuCtxPushCurrent_v2" => (nint)(delegate* unmanaged<nint, int>)&Push,
        "cuCtxPopCurrent_v2" => (nint)(delegate* unmanaged<nint*, int>)&Pop,
        "cuMemGetInfo_v2" => (nint)(delegate* unmanaged<nuint*, nuint*, int>)&Memory,
        _ => throw new EntryPointNotFoundException(name),
    };

    [UnmanagedCallersOnly]
    private static int Begin(uint flags) => flags == 0 ? 0 : Invalid;

    [UnmanagedCallersOnly]
    private static int Card(int* card, int index)
    {
        *card = 40 + index;
        return index < 2 ? 0 : Invalid;
    }

    [UnmanagedCallersOnly]
    private static int Name(byte* name, int length, int card)
    {
        "Card of a test\0"u8.CopyTo(new Span<byte>(name, length));
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Retain(nint* context, int card)
    {
        _retained++;
        *context = card * 100;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Release(int card)
    {
        _retained--;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Push(nint context)
    {
        _pushed = (int)context;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Pop(nint* context)
    {
        (*context, _pushed) = (_pushed, 0);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Memory(nuint* free, nuint* total)
    {
        (*free, *total) = ((nuint)Bytes.Free, (nuint)Bytes.Total);
        return _pushed == 4000 ? 0 : Invalid;
    }
}
