using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Clip;

/// <summary>What the two towers share: their layers, and how features leave them.</summary>
// Legend: rows = pictures or texts, positions = patches and class token, or tokens, hidden = width of the tower, embedding = of both towers' space.
public abstract class ClipTower : IDisposable
{
    private readonly Tensor _projection; // [embedding, hidden]

    private protected ClipTower(ClipTowerWeights weights, string projection, int embeddingSize)
    {
        Shape = weights.Shape;
        Layers = [.. Enumerable.Range(0, Shape.LayerCount).Select(layer => new ClipLayer(weights, layer))];
        _projection = weights.Read(projection, embeddingSize, Shape.HiddenSize).DetachFromDisposeScope();
        Projection = new(projection, _projection);
    }

    public ClipTowerShape Shape { get; }

    public IReadOnlyList<ClipLayer> Layers { get; }

    /// <summary>All weights under Hugging Face's names, the projection left out.</summary>
    internal abstract IEnumerable<NamedTensor> Parameters { get; }

    internal NamedTensor Projection { get; }

    /// <summary>Training keeps each layer's input alone.</summary>
    internal bool GradientCheckpointing { get; set; }

    /// <summary>For tests; sees 0 what enters the layers, i the output of layer i − 1.</summary>
    internal Action<int, Tensor>? HiddenObserver { get; set; }

    /// <summary>x [rows, positions, hidden] through all layers; x is disposed where no gradient is wanted.</summary>
    private protected Tensor ThroughLayers(Tensor x, AttentionMask mask)
    {
        using var scope = NewDisposeScope();
        var pass = new ClipPass(mask, is_grad_enabled() ? new ReturnedGradients() : null);
        var run = new LayerRun(Layers, GradientCheckpointing);
        HiddenObserver?.Invoke(0, x);
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            var before = x;
            x = run.Through(Layers[layer], before, pass); // [rows, positions, hidden]
            if (pass.Returned is null) before.Dispose(); // no backward pass reads it again
            HiddenObserver?.Invoke(layer + 1, x);
        }
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>[rows, hidden] → [rows, embedding] float32: what follows is float32 whatever the tower's dtype.</summary>
    private protected Tensor Project(Tensor pooled)
    {
        using var scope = NewDisposeScope();
        return nn.functional.linear(pooled, _projection).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    public virtual void Dispose()
    {
        foreach (var layer in Layers) layer.Dispose();
        _projection.Dispose();
    }
}
