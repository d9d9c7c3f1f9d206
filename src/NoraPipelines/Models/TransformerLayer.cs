using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>One block of a stack.</summary>
public abstract class TransformerLayer : IDisposable
{
    /// <summary>In the order of the forward pass.</summary>
    public abstract IReadOnlyList<LinearProjection> Projections { get; }

    /// <summary>The layer's own weights, adapters not included.</summary>
    internal abstract IEnumerable<NamedTensor> Parameters();

    /// <summary>Everything in the layer that requires a gradient, adapters included.</summary>
    internal IEnumerable<Tensor> Trainable() => Parameters()
        .Concat(Projections.SelectMany(projection => projection.Adapter?.Trainable ?? []))
        .Select(parameter => parameter.Value)
        .Where(value => value.requires_grad);

    /// <summary>Whether an adapter drops out.</summary>
    internal bool DropsOut => Projections.Any(projection => projection.Adapter is { DropsOut: true });

    public abstract void Dispose();
}
