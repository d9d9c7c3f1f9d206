using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Clip;

/// <summary>The shapes of CLIP's tensors, and where a tower under construction gets its own.</summary>
internal sealed class ClipTowerWeights
{
    private readonly Func<string, long[], Tensor> _read;
    private readonly ProjectionShape[] _projections;

    /// <param name="tower">Name of its stack: vision.</param>
    public ClipTowerWeights(ClipShape shape, string tower, Func<string, long[], Tensor> read)
    {
        _read = read;
        _projections = [.. shape.Projections.Where(projection => projection.Stack.Name == tower)];
        Shape = tower == VisionStack ? shape.Vision : shape.Text;
    }

    public const string VisionStack = "vision";
    public const string TextStack = "text";

    public ClipTowerShape Shape { get; }

    /// <summary>Every tensor of the model: Hugging Face's name → shape.</summary>
    public static Dictionary<string, long[]> Expected(ClipShape shape)
    {
        var (vision, text) = (shape.Vision, shape.Text);
        var expected = new Dictionary<string, long[]>
        {
            [ClipNames.Class] = [vision.HiddenSize],
            [ClipNames.Patches] = [vision.HiddenSize, 3, shape.PatchSize, shape.PatchSize],
            [ClipNames.VisionPositions] = [vision.Positions, vision.HiddenSize],
            [ClipNames.VisionProjection] = [shape.EmbeddingSize, vision.HiddenSize],
            [ClipNames.Words] = [shape.VocabularySize, text.HiddenSize],
            [ClipNames.TextPositions] = [text.Positions, text.HiddenSize],
            [ClipNames.TextProjection] = [shape.EmbeddingSize, text.HiddenSize],
            [ClipNames.LogitScale] = [],
        };
        AddNorm(ClipNames.NormBefore, vision);
        AddNorm(ClipNames.VisionNorm, vision);
        AddNorm(ClipNames.TextNorm, text);
        foreach (var projection in shape.Projections)
        {
            for (var layer = 0; layer < projection.Layers; layer++)
                foreach (var (name, size) in LinearProjection.Expected(projection, layer)) expected[name] = size;
        }
        foreach (var stack in shape.Projections.Select(projection => projection.Stack).Distinct())
        {
            var tower = stack.Name == VisionStack ? vision : text;
            for (var layer = 0; layer < stack.Count; layer++)
            {
                AddNorm($"{stack.PathOf(layer)}.layer_norm1", tower);
                AddNorm($"{stack.PathOf(layer)}.layer_norm2", tower);
            }
        }
        return expected;

        void AddNorm(string path, ClipTowerShape tower)
        {
            expected[$"{path}.weight"] = [tower.HiddenSize];
            expected[$"{path}.bias"] = [tower.HiddenSize];
        }
    }

    /// <summary>Of a block in Hugging Face's names: text_model.encoder.layers.3.</summary>
    public string Layer(int layer) => _projections[0].Stack.PathOf(layer);

    public Tensor Read(string name, params long[] dimensions) => _read(name, dimensions);

    public LinearProjection Projection(int layer, string name) =>
        LinearProjection.Read(_projections.First(projection => projection.Name == name), layer, _read);

    public LayerNorm Norm(string path) =>
        new(path, _read($"{path}.weight", [Shape.HiddenSize]), _read($"{path}.bias", [Shape.HiddenSize]), Shape.NormEpsilon);
}
