using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>
/// How one forward pass goes through its layers. Where anything drops out each layer has a seed of its own, drawn once a pass, so that a
/// layer that is computed again drops the same elements, and the numbers do not depend on gradient checkpointing.
/// </summary>
internal sealed class LayerRun
{
    private readonly bool _recompute;
    private readonly long? _seed;
    private readonly ReturnedGradients _returned = new();

    /// <summary>Draws the pass's seed from torch's generator where something drops out.</summary>
    /// <param name="dropsOut">Whether the model itself drops out, beside its adapters.</param>
    public LayerRun(IEnumerable<TransformerLayer> layers, bool gradientCheckpointing, bool dropsOut = false)
    {
        _recompute = gradientCheckpointing && is_grad_enabled();
        _seed = dropsOut || layers.Any(layer => layer.DropsOut) ? randint(long.MaxValue, [1]).item<long>() : null;
    }

    /// <summary>x [rows, positions, hidden] → the same shape.</summary>
    public Tensor Through<TLayer, TContext>(TLayer layer, Tensor x, TContext context)
        where TLayer : TransformerLayer, ILayer<TContext>
        where TContext : ILayerContext<TContext>
    {
        if (!_recompute && _seed is null) return layer.Forward(x, context);
        var layerSeed = _seed is { } drawn ? Seeds.Mix(drawn, layer.Projections[0].Layer) : (long?)null;
        if (_recompute)
        {
            return GradientCheckpoint.Run(
                (again, shared) => layer.Forward(again, context.Again(shared)), layer.Trainable(), x, context.Shared, layerSeed, _returned);
        }
        DeviceRandom.Seed(layerSeed!.Value, x.device);
        return layer.Forward(x, context);
    }
}
