using NoraPipelines.Models.Roberta;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Roberta;

/// <summary>A classifier of random weights with a byte-level vocabulary.</summary>
internal static class TinyEncoder
{
    public static RobertaShape Shape { get; } = new()
    {
        Architecture = Architecture.Roberta,
        VocabularySize = 265,
        HiddenSize = 32,
        FeedForwardSize = 48,
        LayerCount = 2,
        HeadCount = 4,
        PositionRows = 66,
    };

    public static RobertaModel Create(int labels = 2, ScalarType dtype = ScalarType.Float32) =>
        RobertaModel.Random(Shape, labels, seed: 11, dtype, TestDevice.Here).Sharpened();

    /// <summary>Two rows of six tokens.</summary>
    public static Tensor Ids() => tensor(new long[,] { { 0, 9, 40, 200, 71, 2 }, { 0, 33, 5, 7, 264, 2 } }, device: TestDevice.Here);
}
