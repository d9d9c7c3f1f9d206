using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models;

public sealed class RotaryEmbeddingTests
{
    [Fact]
    public void Llama3_frequencies_are_those_of_transformers()
    {
        using var checkpoint = HuggingFaceCheckpoint.Open(GoldenFile.Path("llama-tiny-rope-llama3"));
        using var rotary = new RotaryEmbedding(checkpoint.ReadDecoderShape(), CPU);
        using var file = SafetensorsFile.Open(GoldenFile.Path("llama-tiny-rope-llama3/inv_freq.safetensors"));

        // A power in float32 may differ in its last bit from library to library.
        Near.Check(file.Read("inv_freq"), rotary.InverseFrequencies, 0, 2.5e-7, "inv_freq");
    }

    [Fact]
    public void Turning_keeps_lengths_and_depends_on_distance_only()
    {
        using var scope = NewDisposeScope();
        using var rotary = new RotaryEmbedding(TinyDecoder.Shape(), CPU);
        using var generator = new Generator(7, CPU);
        var (q, k) = (randn([1, 1, 1, 8], generator: generator), randn([1, 1, 1, 8], generator: generator));

        Tensor At(Tensor x, long position) => rotary.Angles(tensor([position]).unsqueeze(0), ScalarType.Float32).Apply(x);
        Near.Check(q.norm(), At(q, 57).norm(), 1e-5, 0, "length");
        Near.Check((At(q, 5) * At(k, 2)).sum(), (At(q, 45) * At(k, 42)).sum(), 2e-5, 0, "score");
    }
}
