using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>
/// y = x·Wᵀ + bias, and what an <see cref="Adapter"/> adds to it. The weight is frozen unless the whole model trains.
/// </summary>
// Shapes: W [out, in], bias [out], x [.., in], y [.., out].
public sealed class LinearProjection : IDisposable
{
    /// <summary>A projection of a model of one's own; it owns the tensors from now on.</summary>
    /// <param name="path">Its name in the model: model.layers.0.self_attn.q_proj.</param>
    /// <param name="layer">The layer it belongs to, from 0.</param>
    /// <param name="weight">[out, in].</param>
    /// <param name="bias">[out], of the weight's dtype; null: none.</param>
    /// <exception cref="NoraException">Other dimensions.</exception>
    public LinearProjection(string path, Tensor weight, Tensor? bias = null, int layer = 0)
        : this(path, layer, weight, bias, name: null)
    {
        if (weight.dim() != 2 || (bias is not null && (bias.dim() != 1 || bias.shape[0] != weight.shape[0] || bias.dtype != weight.dtype)))
        {
            throw new NoraException($"{path}: the weight is [{string.Join(", ", weight.shape)}] {weight.dtype}"
                + (bias is null ? "" : $" and the bias [{string.Join(", ", bias.shape)}] {bias.dtype}") + "; expected [out, in] and [out], of one dtype.");
        }
    }

    /// <param name="name">Null: the last part of the path.</param>
    internal LinearProjection(string path, int layer, Tensor weight, Tensor? bias, string? name)
    {
        Path = path;
        Name = name ?? path[(path.LastIndexOf('.') + 1)..];
        Layer = layer;
        Weight = weight.DetachFromDisposeScope();
        Bias = bias?.DetachFromDisposeScope();
    }

    /// <summary>Reads a projection's weight and, where it has one, its bias.</summary>
    internal static LinearProjection Read(ProjectionShape shape, int layer, Func<string, long[], Tensor> read)
    {
        var path = shape.PathOf(layer);
        return new LinearProjection(
            path, layer, read($"{path}.weight", [shape.Out, shape.In]), shape.HasBias ? read($"{path}.bias", [shape.Out]) : null, shape.Name);
    }

    /// <summary>The tensors that <see cref="Read"/> takes.</summary>
    internal static IEnumerable<KeyValuePair<string, long[]>> Expected(ProjectionShape shape, int layer)
    {
        var path = shape.PathOf(layer);
        yield return new($"{path}.weight", [shape.Out, shape.In]);
        if (shape.HasBias) yield return new($"{path}.bias", [shape.Out]);
    }

    /// <summary>Full name in the model: model.layers.0.self_attn.q_proj.</summary>
    public string Path { get; }

    /// <summary>As a spec's targets name it: q_proj, attention.output.dense. The end of <see cref="Path"/>.</summary>
    public string Name { get; }

    /// <summary>The layer it belongs to, from 0.</summary>
    public int Layer { get; }

    public Tensor Weight { get; }

    public Tensor? Bias { get; }

    public int OutFeatures => (int)Weight.shape[0];

    public int InFeatures => (int)Weight.shape[1];

    /// <summary>Where the weight lies.</summary>
    public Device Device => Weight.device;

    /// <summary>The dtype that the weight is held in.</summary>
    public ScalarType Dtype => Weight.dtype;

    /// <summary>Set by <see cref="AdapterSet.Add"/>, which also owns it.</summary>
    public Adapter? Adapter { get; internal set; }

    /// <summary>Sees every x before it is used; padding included. For calibration.</summary>
    public Action<Tensor>? Observer { get; set; }

    /// <summary>x [.., in] → [.., out] in the weight's dtype.</summary>
    public Tensor Forward(Tensor x)
    {
        Observer?.Invoke(x);
        if (Adapter is null) return nn.functional.linear(x, Weight, Bias); // [.., out]
        using var scope = NewDisposeScope();
        var rows = x.reshape(-1, InFeatures); // [n, in]: the adapter adds to the product in place, which a view of it would not allow
        var output = Adapter.Forward(rows, nn.functional.linear(rows, Weight, Bias)); // [n, out]
        return output.view([.. x.shape[..^1], OutFeatures]).MoveToOuterDisposeScope();
    }

    internal IEnumerable<NamedTensor> Parameters()
    {
        yield return new($"{Path}.weight", Weight);
        if (Bias is not null) yield return new($"{Path}.bias", Bias);
    }

    public void Dispose()
    {
        Weight.Dispose();
        Bias?.Dispose();
    }
}
