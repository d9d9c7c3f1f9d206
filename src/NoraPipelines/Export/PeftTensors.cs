using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>The tensors of one projection in a file of a method's own form.</summary>
/// <param name="Path">model.layers.0.self_attn.q_proj.</param>
/// <param name="All">By the ends of their names (<see cref="PeftTensorForm.Names"/>), float32.</param>
/// <param name="Scale">Of the product of the factors, as the config has it.</param>
internal sealed record PeftTensors(string Path, IReadOnlyDictionary<string, Tensor> All, double Scale)
{
    public Tensor this[string name] => All[name];

    public bool Has(string name) => All.ContainsKey(name);

    /// <summary>Whether there is a matrix of that name and size; null: any size above 0.</summary>
    public bool IsMatrix(string name, long? rows, long? columns) => All.TryGetValue(name, out var value) && value.dim() == 2
        && value.shape.All(side => side > 0) && (rows is null || value.shape[0] == rows) && (columns is null || value.shape[1] == columns);

    /// <summary>Whether there is a vector of that name and length; null: any length above 0.</summary>
    public bool IsVector(string name, long? length) =>
        All.TryGetValue(name, out var value) && value.dim() == 1 && value.shape[0] > 0 && (length is null || value.shape[0] == length);
}
