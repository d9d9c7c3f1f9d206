using NoraPipelines.Checkpoints;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>How a method's adapters stand in a folder of nested factors. Tensors are those of the adapter, by their own names.</summary>
internal abstract class NestedForm
{
    /// <summary>Whether an entry of nested.json, which names no method, is of this one.</summary>
    public abstract bool IsOf(NestedModule module);

    /// <summary>Frozen tensors of an adapter that the entry describes, by local names.</summary>
    public abstract IEnumerable<(string Name, long Rows, long Columns)> Frozen(NestedModule module);

    /// <summary>Tensors of it that train.</summary>
    public abstract IEnumerable<(string Name, long Rows, long Columns)> Trainable(NestedModule module);

    /// <summary>An adapter that the entry describes, its tensors zero; whoever asked owns it.</summary>
    /// <param name="dtype">Of what is frozen.</param>
    protected abstract OuterPairAdapter Make(NestedModule module, ScalarType dtype, Device device);

    /// <summary>The method whose entry it is.</summary>
    /// <exception cref="NoraException">It is of none.</exception>
    public static NestedForm Of(NestedModule module) =>
        AdapterMethods.All.Select(method => method.NestedForm).OfType<NestedForm>().FirstOrDefault(form => form.IsOf(module))
        ?? throw new NoraException($"{AdapterFiles.NestedDescription}: {module.Path} is of no method that is known here. Use the version that wrote it.");

    /// <summary>The adapter of one entry with the values of the files, in the dtype that its frozen tensors are stored in; whoever asked owns it.</summary>
    /// <exception cref="CheckpointException">A tensor cannot be read or is not finite.</exception>
    public static OuterPairAdapter Read(NestedModule module, SafetensorsFile outer, SafetensorsFile inner, Device device)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var form = Of(module);
        var stored = form.Frozen(module).Select(tensor => outer.Tensors[$"{module.Path}.{tensor.Name}"].Dtype).FirstOrDefault(ScalarType.Float32);
        var adapter = form.Make(module, stored, device);
        try
        {
            CopyTo(adapter, module.Path, outer, inner);
            return adapter;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    /// <summary>Copies the files' values of one projection into its adapter; shapes were compared before.</summary>
    /// <exception cref="CheckpointException">A tensor cannot be read or is not finite.</exception>
    public static void CopyTo(Adapter adapter, string path, SafetensorsFile outer, SafetensorsFile inner)
    {
        foreach (var (name, value) in adapter.Frozen) value.copy_(outer.ReadFinite($"{path}.{name}", device: value.device));
        foreach (var (name, value) in adapter.Trainable) value.copy_(inner.ReadFinite($"{path}.{name}", device: value.device));
    }
}
