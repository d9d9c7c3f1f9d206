using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace NoraPipelines.Interop;

/// <summary>
/// What libtorch hands to a kernel of ours, a word for each argument of the operator's schema, and where the results go. Everything that is taken
/// belongs to the kernel: tensors go with the dispose scope, lists and present options are freed as they are read.
/// </summary>
internal readonly unsafe struct KernelArguments(ulong* words, nint library)
{
    public long Number(int at) => (long)words[at];

    public Tensor Tensor(int at) => LibtorchInterface.Result(words[at]);

    /// <summary>Null: it is absent.</summary>
    public Tensor? Optional(int at)
    {
        if (words[at] == 0) return null;
        var place = (ulong*)words[at];
        var tensor = LibtorchInterface.Result(*place);
        NativeMemory.Free(place);
        return tensor;
    }

    /// <summary>An optional argument that is no tensor and is not looked at.</summary>
    public void Skip(int at)
    {
        if (words[at] != 0) NativeMemory.Free((void*)words[at]);
    }

    /// <summary>A list of tensors that is not looked at.</summary>
    public void SkipTensors(int at)
    {
        foreach (var word in List(at)) LibtorchInterface.Result(word);
    }

    /// <summary>A list of numbers, booleans among them.</summary>
    public long[] Numbers(int at) => [.. List(at).Select(word => (long)word)];

    /// <summary>The results in their order; null: an undefined tensor.</summary>
    public void Return(params ReadOnlySpan<Tensor?> results)
    {
        for (var i = 0; i < results.Length; i++) words[i] = results[i] is { } tensor ? NewHandle(tensor) : Undefined();
    }

    private ulong[] List(int at)
    {
        var list = (nint)words[at];
        nuint size;
        ((delegate* unmanaged<nint, nuint*, int>)NativeLibrary.GetExport(library, "torch_list_size"))(list, &size);
        var get = (delegate* unmanaged<nint, nuint, ulong*, int>)NativeLibrary.GetExport(library, "torch_list_get_item");
        var values = new ulong[size];
        for (nuint i = 0; i < size; i++)
        {
            ulong value;
            get(list, i, &value);
            values[i] = value;
        }
        ((delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "torch_delete_list"))(list);
        return values;
    }

    private ulong NewHandle(Tensor tensor)
    {
        nint handle;
        ((delegate* unmanaged<nint, nint*, int>)NativeLibrary.GetExport(library, "aoti_torch_new_tensor_handle"))(tensor.Handle, &handle);
        GC.KeepAlive(tensor);
        return (ulong)handle;
    }

    private ulong Undefined()
    {
        nint handle;
        ((delegate* unmanaged<nint*, int>)NativeLibrary.GetExport(library, "aoti_torch_new_uninitialized_tensor"))(&handle);
        return (ulong)handle;
    }
}
