using System.Runtime.InteropServices;
using System.Text;

namespace NoraPipelines.Interop;

/// <summary>What the driver says of a card. Cards are numbered as libtorch numbers them, by CUDA_VISIBLE_DEVICES.</summary>
internal sealed unsafe class CudaDriver
{
    private static readonly Lazy<CudaDriver?> Loaded = new(Load);

    private readonly delegate* unmanaged<uint, int> _begin;
    private readonly delegate* unmanaged<int*, int, int> _card;
    private readonly delegate* unmanaged<byte*, int, int, int> _name;
    private readonly delegate* unmanaged<nint*, int, int> _retain;
    private readonly delegate* unmanaged<int, int> _release;
    private readonly delegate* unmanaged<nint, int> _push;
    private readonly delegate* unmanaged<nint*, int> _pop;
    private readonly delegate* unmanaged<nuint*, nuint*, int> _memory;

    /// <param name="export">The address of a function of the driver's library.</param>
    /// <exception cref="EntryPointNotFoundException">The library has no such function.</exception>
    internal CudaDriver(Func<string, nint> export)
    {
        _begin = (delegate* unmanaged<uint, int>)export("cuInit");
        _card = (delegate* unmanaged<int*, int, int>)export("cuDeviceGet");
        _name = (delegate* unmanaged<byte*, int, int, int>)export("cuDeviceGetName");
        _retain = (delegate* unmanaged<nint*, int, int>)export("cuDevicePrimaryCtxRetain");
        _release = (delegate* unmanaged<int, int>)export("cuDevicePrimaryCtxRelease_v2");
        _push = (delegate* unmanaged<nint, int>)export("cuCtxPushCurrent_v2");
        _pop = (delegate* unmanaged<nint*, int>)export("cuCtxPopCurrent_v2");
        _memory = (delegate* unmanaged<nuint*, nuint*, int>)export("cuMemGetInfo_v2");
    }

    /// <summary>Null where no driver is installed.</summary>
    public static CudaDriver? Find() => Loaded.Value;

    /// <summary>As the card is sold; null where there is no such card.</summary>
    public string? Name(int index)
    {
        if (Card(index) is not { } card) return null;
        var name = stackalloc byte[256];
        return _name(name, 256, card) == 0 ? Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name)) : null;
    }

    /// <summary>All that is in use on the card, by whomever; null where the driver does not tell.</summary>
    /// <remarks>It is asked within the context that libtorch uses, or would, which is made where there is none: that alone takes some hundred MB.</remarks>
    public CardMemory? Memory(int index)
    {
        nint context;
        if (Card(index) is not { } card || _retain(&context, card) != 0) return null;
        try
        {
            if (_push(context) != 0) return null;
            nuint free, total;
            var code = _memory(&free, &total);
            _ = _pop(&context);
            return code == 0 ? new CardMemory((long)total, (long)free) : null;
        }
        finally
        {
            _ = _release(card);
        }
    }

    private int? Card(int index)
    {
        int card;
        return _begin(0) == 0 && _card(&card, index) == 0 ? card : null;
    }

    private static CudaDriver? Load()
    {
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out var library)) return null;
        try
        {
            return new CudaDriver(name => NativeLibrary.GetExport(library, name));
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }
}

/// <summary>Bytes of a card.</summary>
internal readonly record struct CardMemory(long Total, long Free)
{
    public long Used => Total - Free;
}
