using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models;

/// <summary>A decoder of random weights, large enough to have every part and small enough for a test.</summary>
internal static class TinyDecoder
{
    public static DecoderShape Shape() => new()
    {
        Architecture = Architecture.Llama,
        VocabularySize = 50,
        HiddenSize = 32,
        FeedForwardSize = 48,
        LayerCount = 2,
        HeadCount = 4,
        KeyValueHeadCount = 2,
        HeadSize = 8,
        MaxPositions = 64,
    };

    public static LlamaModel Create(DecoderShape? shape = null, ScalarType dtype = ScalarType.Float32) =>
        LlamaModel.Random(shape ?? Shape(), seed: 11, dtype, TestDevice.Here).Sharpened();

    /// <summary>Ids [rows, tokens] int64.</summary>
    public static Tensor Ids(int rows, int tokens, int seed = 5)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return randint(Shape().VocabularySize, [rows, tokens], ScalarType.Int64, generator: generator).to(TestDevice.Here);
    }

    /// <summary>Labels of <paramref name="ids"/> with the first three tokens of each row unlabelled.</summary>
    public static Tensor Labels(Tensor ids)
    {
        var labels = ids.clone();
        labels.narrow(1, 0, 3).fill_(-100);
        return labels;
    }
}
