using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Clip;

/// <summary>
/// Pictures to features (Dosovitskiy et al. 2021): patches and a class token with positions, a norm, layers in which every position sees
/// every other, and of the class token a norm and a projection. The stages are apart, so that a method can add positions between them.
/// </summary>
// Legend: rows = pictures, size = pixels of a side, positions = class token and patches, hidden = width of the tower, embedding = of both towers.
public sealed class ClipVisionTower : ClipTower
{
    private readonly ClipShape _shape;
    private readonly Tensor _class; // [hidden]
    private readonly Tensor _patches; // [hidden, 3, patch, patch]
    private readonly Tensor _positions; // [positions, hidden]
    private readonly LayerNorm _before;
    private readonly LayerNorm _after;

    internal ClipVisionTower(ClipShape shape, ClipTowerWeights weights)
        : base(weights, ClipNames.VisionProjection, shape.EmbeddingSize)
    {
        _shape = shape;
        _class = weights.Read(ClipNames.Class, Shape.HiddenSize).DetachFromDisposeScope();
        _patches = weights.Read(ClipNames.Patches, Shape.HiddenSize, 3, shape.PatchSize, shape.PatchSize).DetachFromDisposeScope();
        _positions = weights.Read(ClipNames.VisionPositions, Shape.Positions, Shape.HiddenSize).DetachFromDisposeScope();
        (_before, _after) = (weights.Norm(ClipNames.NormBefore), weights.Norm(ClipNames.VisionNorm));
    }

    internal override IEnumerable<NamedTensor> Parameters =>
    [
        new(ClipNames.Class, _class), new(ClipNames.Patches, _patches), new(ClipNames.VisionPositions, _positions), .. _before.Parameters,
        .. Layers.SelectMany(layer => layer.Parameters()), .. _after.Parameters,
    ];

    /// <summary>Normalised pictures [rows, 3, size, size] → [rows, positions, hidden] in the model's dtype.</summary>
    /// <exception cref="NoraException">Pictures of another size.</exception>
    public Tensor Embed(Tensor pixels)
    {
        if (pixels.dim() != 4 || pixels.shape[1] != 3 || pixels.shape[2] != _shape.ImageSize || pixels.shape[3] != _shape.ImageSize)
        {
            throw new NoraException($"The model was given pictures [{string.Join(", ", pixels.shape)}]; expected [rows, 3, {_shape.ImageSize}, {_shape.ImageSize}]. "
                + "Resize and crop them to the model's size.");
        }
        using var scope = NewDisposeScope();
        var patches = nn.functional.linear(Cut(pixels.to(_patches.dtype)), _patches.flatten(1)); // [rows, patches, hidden]
        var classes = _class.expand(pixels.shape[0], 1, -1); // [rows, 1, hidden]
        return (cat([classes, patches], 1) + _positions).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Patches of a picture, row by row, [rows, patches, 3·patch·patch]; what is left of a side is left aside. Patches that do not overlap are a
    /// matrix product, which a GPU takes in float32 where it would round a convolution's factors.
    /// </summary>
    private Tensor Cut(Tensor pixels)
    {
        var (side, count) = (_shape.PatchSize, _shape.ImageSize / _shape.PatchSize);
        return pixels[.., .., ..(side * count), ..(side * count)].reshape(pixels.shape[0], 3, count, side, count, side)
            .permute(0, 2, 4, 1, 3, 5).reshape(pixels.shape[0], count * count, -1);
    }

    /// <summary>[rows, positions, hidden], as many positions as there are → the last hidden states, the same shape, before the last norm.</summary>
    public Tensor Hidden(Tensor embedded)
    {
        using var scope = NewDisposeScope();
        return ThroughLayers(_before.Forward(embedded), new AttentionMask(null, Causal: false)).MoveToOuterDisposeScope();
    }

    /// <summary>Hidden states [rows, positions, hidden] → those of the class token after the last norm, [rows, hidden].</summary>
    public Tensor Pooled(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return _after.Forward(hidden.select(1, 0)).MoveToOuterDisposeScope();
    }

    /// <summary>Hidden states [rows, positions, hidden] → features [rows, embedding] float32, not normalised.</summary>
    public Tensor Features(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return Project(Pooled(hidden)).MoveToOuterDisposeScope();
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var weight in (ReadOnlySpan<Tensor>)[_class, _patches, _positions]) weight.Dispose();
        _before.Dispose();
        _after.Dispose();
    }
}
