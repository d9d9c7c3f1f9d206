using System.Text.Json.Nodes;
using NoraPipelines.Data;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Clip;

/// <summary>
/// CLIP (Radford et al. 2021): a tower of pictures and one of texts, whose features are compared by their cosine (CLIPModel of transformers).
/// All of it is frozen until <see cref="Methods.FullTraining.TrainAllParameters"/>.
/// </summary>
// Legend: rows = pictures, classes = texts, size = pixels of a side, tokens = common length of the texts, embedding = of both towers' space.
public sealed partial class ClipModel : IAdaptableModel
{
    private const int ProbeRows = 2;
    private const int ProbeTokens = 8;

    private readonly Tensor _logitScale; // [], the logarithm of the scale

    private ClipModel(ClipShape shape, ScalarType dtype, Device device, Func<string, long[], Tensor> read)
    {
        (Shape, Dtype, Device) = (shape, dtype, device);
        Vision = new ClipVisionTower(shape, new ClipTowerWeights(shape, ClipTowerWeights.VisionStack, read));
        Text = new ClipTextTower(shape, new ClipTowerWeights(shape, ClipTowerWeights.TextStack, read));
        _logitScale = read(ClipNames.LogitScale, []).DetachFromDisposeScope();
    }

    public ClipShape Shape { get; }

    ModelShape IAdaptableModel.Shape => Shape;

    public ScalarType Dtype { get; }

    public Device Device { get; }

    public ClipVisionTower Vision { get; }

    public ClipTextTower Text { get; }

    /// <summary>Of both towers.</summary>
    public bool GradientCheckpointing
    {
        get => Vision.GradientCheckpointing;
        set => (Vision.GradientCheckpointing, Text.GradientCheckpointing) = (value, value);
    }

    /// <summary>Layer by layer, the vision tower's first.</summary>
    public IEnumerable<LinearProjection> Projections =>
        new ClipTower[] { Vision, Text }.SelectMany(tower => tower.Layers).SelectMany(layer => layer.Projections);

    /// <summary>All weights under Hugging Face's names.</summary>
    public IEnumerable<NamedTensor> Parameters =>
        [.. Vision.Parameters, .. Text.Parameters, Vision.Projection, Text.Projection, new(ClipNames.LogitScale, _logitScale)];

    public IReadOnlyList<ITrainedModule> TrainedModules => [];

    /// <summary>Normalised pictures [rows, 3, size, size] → features [rows, embedding] float32, not normalised.</summary>
    /// <exception cref="NoraException">Pictures of another size.</exception>
    public Tensor ImageFeatures(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        return Vision.Features(Vision.Hidden(Vision.Embed(pixels))).MoveToOuterDisposeScope();
    }

    /// <summary>Token ids [classes, tokens] int64, of any common length → features [classes, embedding] float32, not normalised.</summary>
    /// <param name="ends">[classes] int64, places of the end tokens; null: they are looked for (<see cref="ClipTextTower.EndsOf"/>).</param>
    /// <exception cref="NoraException">More tokens than the model has positions, or an id that it does not know.</exception>
    public Tensor TextFeatures(Tensor ids, Tensor? ends = null)
    {
        using var scope = NewDisposeScope();
        return Text.Features(Text.Hidden(Text.Embed(ids)), ends ?? Text.EndsOf(ids)).MoveToOuterDisposeScope();
    }

    /// <summary>Features [classes, embedding] of prompts, as <see cref="TextFeatures(Tensor, Tensor?)"/>; they were cut to the longest.</summary>
    /// <exception cref="NoraException">As there.</exception>
    public Tensor TextFeatures(PromptBatch prompts) => TextFeatures(prompts.Ids, prompts.Ends);

    /// <summary>What the model multiplies cosines by, a float32 scalar: e to the learnt logarithm, 100 in the released models.</summary>
    public Tensor LogitScale()
    {
        using var scope = NewDisposeScope();
        return _logitScale.to(ScalarType.Float32).exp().MoveToOuterDisposeScope();
    }

    /// <summary>Pictures [rows, 3, size, size] and token ids [classes, tokens] → scale · cosine, [rows, classes] float32.</summary>
    /// <exception cref="NoraException">As <see cref="ImageFeatures"/> and <see cref="TextFeatures(Tensor, Tensor?)"/>.</exception>
    public Tensor Logits(Tensor pixels, Tensor ids)
    {
        using var scope = NewDisposeScope();
        return FewShot.Logits(ImageFeatures(pixels), FewShot.Normalised(TextFeatures(ids)), LogitScale()).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Probe()
    {
        using var scope = NewDisposeScope();
        var side = Shape.ImageSize;
        var pixels = arange(ProbeRows * 3L * side * side, dtype: ScalarType.Float32, device: Device).mul_(0.37).sin_().reshape(ProbeRows, 3, side, side);
        var tokens = Math.Min(ProbeTokens, Shape.Text.Positions);
        var ids = arange(ProbeRows * tokens, dtype: ScalarType.Int64, device: Device).mul_(7919).remainder_(Shape.VocabularySize).reshape(ProbeRows, tokens);
        return Logits(pixels, ids).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public JsonObject Config(JsonObject? source, IReadOnlyList<string>? classes) => source ?? ClipConfigFile.Of(Shape);

    public void Dispose()
    {
        Vision.Dispose();
        Text.Dispose();
        _logitScale.Dispose();
    }
}
