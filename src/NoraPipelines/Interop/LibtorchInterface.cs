using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace NoraPipelines.Interop;

/// <summary>
/// libtorch's stable C interface: any operator by its name, autograd's own included. One 64-bit word stands for each argument of the
/// operator's schema, and the results come back in the same words. Nothing checks the words against the schema, so only
/// <see cref="LibtorchOperators"/> makes them, with one typed method for each operator.
/// </summary>
internal sealed unsafe class LibtorchInterface
{
    private readonly delegate* unmanaged<byte*, byte*, ulong*, ulong, int> _call;
    private readonly delegate* unmanaged<nint, nint*, int> _newHandle;
    private readonly delegate* unmanaged<nuint, nint*, int> _newList;
    private readonly delegate* unmanaged<nint, ulong, int> _push;
    private readonly delegate* unmanaged<byte*, nuint, nint*, int> _newText;
    private readonly ulong _version;

    private LibtorchInterface(nint library)
    {
        _call = (delegate* unmanaged<byte*, byte*, ulong*, ulong, int>)NativeLibrary.GetExport(library, "torch_call_dispatcher");
        _newHandle = (delegate* unmanaged<nint, nint*, int>)NativeLibrary.GetExport(library, "aoti_torch_new_tensor_handle");
        _newList = (delegate* unmanaged<nuint, nint*, int>)NativeLibrary.GetExport(library, "torch_new_list_reserve_size");
        _push = (delegate* unmanaged<nint, ulong, int>)NativeLibrary.GetExport(library, "torch_list_push_back");
        _newText = (delegate* unmanaged<byte*, nuint, nint*, int>)NativeLibrary.GetExport(library, "torch_new_string_handle");
        _version = ((delegate* unmanaged<ulong>)NativeLibrary.GetExport(library, "aoti_torch_abi_version"))();
    }

    /// <summary>Null where this libtorch has no such interface, or is not the library that TorchSharp loaded.</summary>
    public static LibtorchInterface? Find()
    {
        // Linux knows a loaded library by its bare name. Elsewhere a second copy might be loaded in its place.
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libtorch_cpu.so", out var library)) return null;
        try
        {
            return new LibtorchInterface(library);
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Runs an operator; the results take the first words' places.</summary>
    /// <exception cref="NoraException">libtorch refused; its reason is on stderr.</exception>
    /// <param name="overload">Which operator of that name, where there are several.</param>
    public void Call(string name, Span<ulong> words, string overload = "")
    {
        fixed (byte* operatorName = Text(name, stackalloc byte[64]))
        fixed (byte* overloadName = Text(overload, stackalloc byte[16]))
        fixed (ulong* stack = words)
            Check(_call(operatorName, overloadName, stack, _version), name);
    }

    /// <summary>A word that the operator takes over: a handle of its own on the tensor.</summary>
    public ulong Word(Tensor tensor)
    {
        nint handle;
        Check(_newHandle(tensor.Handle, &handle), "aoti_torch_new_tensor_handle");
        GC.KeepAlive(tensor);
        return (ulong)handle;
    }

    /// <summary>A list, which the operator takes over with the handles in it.</summary>
    public ulong Word(IReadOnlyCollection<Tensor> tensors)
    {
        nint list;
        Check(_newList((nuint)tensors.Count, &list), "torch_new_list_reserve_size");
        foreach (var tensor in tensors) Check(_push(list, Word(tensor)), "torch_list_push_back");
        return (ulong)list;
    }

    /// <summary>A list of numbers, which the operator takes over.</summary>
    public ulong Numbers(ReadOnlySpan<long> numbers)
    {
        nint list;
        Check(_newList((nuint)numbers.Length, &list), "torch_new_list_reserve_size");
        foreach (var number in numbers) Check(_push(list, (ulong)number), "torch_list_push_back");
        return (ulong)list;
    }

    /// <summary>A text of ASCII, which the operator takes over.</summary>
    public ulong Word(string text)
    {
        nint handle;
        fixed (byte* bytes = Encoding.ASCII.GetBytes(text)) Check(_newText(bytes, (nuint)text.Length, &handle), "torch_new_string_handle");
        return (ulong)handle;
    }

    /// <summary>An optional argument that is there; the operator frees its place. One that is not is the word 0.</summary>
    public static ulong Optional(ulong word)
    {
        var place = (ulong*)NativeMemory.Alloc(sizeof(ulong));
        *place = word;
        return (ulong)place;
    }

    public static ulong Word(double value) => BitConverter.DoubleToUInt64Bits(value);

    /// <summary>A tensor that a call gave back, in the caller's dispose scope.</summary>
    public static Tensor Result(ulong word) => Tensor.UnsafeCreateTensor((nint)word);

    private static Span<byte> Text(string text, Span<byte> place)
    {
        place.Clear();
        Encoding.ASCII.GetBytes(text, place[..^1]);
        return place;
    }

    private static void Check(int code, string name)
    {
        if (code != 0) throw new NoraException($"libtorch's {name} failed; the reason is above. {LibtorchOperators.Switch}=off does without it.");
    }
}
