using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Encoders;

/// <summary>The shapes of an encoder's tensors, and where a model under construction gets them.</summary>
internal sealed class EncoderWeights(EncoderShape shape, EncoderNames names, Func<string, long[], Tensor> read)
{
    public EncoderNames Names => names;

    /// <summary>Every tensor of the encoder; pooler and head are not among them.</summary>
    public static Dictionary<string, long[]> Expected(EncoderShape shape, EncoderNames names)
    {
        long hidden = shape.HiddenSize;
        var expected = new Dictionary<string, long[]>
        {
            [names.Words] = [shape.VocabularySize, hidden],
            [names.Positions] = [shape.PositionRows, hidden],
            [names.Types] = [shape.TokenTypes, hidden],
        };
        AddNorm(names.EmbeddingsNorm);
        for (var layer = 0; layer < shape.LayerCount; layer++)
        {
            foreach (var (name, size) in shape.Projections.SelectMany(projection => LinearProjection.Expected(projection, layer)))
                expected[name] = size;
            AddNorm($"{names.Layer(layer)}.attention.output.LayerNorm");
            AddNorm($"{names.Layer(layer)}.output.LayerNorm");
        }
        return expected;

        void AddNorm(string path)
        {
            expected[$"{path}.weight"] = [hidden];
            expected[$"{path}.bias"] = [hidden];
        }
    }

    public Tensor Read(string name, params long[] dimensions) => read(name, dimensions);

    public LinearProjection Projection(int layer, string name) => LinearProjection.Read(shape.Projection(name)!, layer, read);

    public LayerNorm Norm(string path, int hidden) =>
        new(path, read($"{path}.weight", [hidden]), read($"{path}.bias", [hidden]), shape.NormEpsilon);
}
