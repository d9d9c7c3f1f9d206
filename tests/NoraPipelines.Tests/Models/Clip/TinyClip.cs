using NoraPipelines.Data;
using NoraPipelines.Models.Clip;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Clip;

/// <summary>A CLIP of random weights, its towers of different widths.</summary>
internal static class TinyClip
{
    public static ClipShape Shape { get; } = new()
    {
        Architecture = Architecture.Clip,
        Vision = new ClipTowerShape(HiddenSize: 32, FeedForwardSize: 48, LayerCount: 2, HeadCount: 4, Positions: 17),
        Text = new ClipTowerShape(HiddenSize: 24, FeedForwardSize: 40, LayerCount: 3, HeadCount: 2, Positions: 12),
        ImageSize = 16,
        PatchSize = 4,
        VocabularySize = 50,
        EmbeddingSize = 16,
    };

    public static ClipModel Create(ClipShape? shape = null, ScalarType dtype = ScalarType.Float32) =>
        ClipModel.Random(shape ?? Shape, seed: 5, dtype, CPU);

    /// <summary>[2, 3, 16, 16].</summary>
    public static Tensor Pixels(int rows = 2) => randn([rows, 3, 16, 16], generator: new Generator(7, CPU));

    /// <summary>Start 48, end 49: [3, 6].</summary>
    public static Tensor Ids() => tensor(new long[,] { { 48, 5, 7, 20, 49, 0 }, { 48, 9, 49, 0, 0, 0 }, { 48, 30, 31, 32, 33, 49 } });

    public static PromptBatch Prompts() => PromptBatch.Of([[48, 5, 7, 20, 49], [48, 9, 49], [48, 30, 31, 32, 49]]);
}
