using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Roberta;

/// <summary>The names and shapes of an encoder's tensors in Hugging Face's files, and where a model under construction gets them.</summary>
internal sealed class RobertaWeights(EncoderShape shape, Func<string, long[], Tensor> read)
{
    /// <summary>What a file of the encoder alone leaves out of every name.</summary>
    public const string Prefix = "roberta.";

    public const string Words = "roberta.embeddings.word_embeddings.weight";
    public const string Positions = "roberta.embeddings.position_embeddings.weight";
    public const string Types = "roberta.embeddings.token_type_embeddings.weight";
    public const string EmbeddingsNorm = "roberta.embeddings.LayerNorm";

    // What other heads on the same encoder leave in files, and buffers of old versions of transformers.
    private static readonly string[] OtherHeads = ["lm_head.", "pooler.", "roberta.pooler.", ClassificationHead.Module + "."];

    public static string Layer(int layer) => $"roberta.encoder.layer.{layer}";

    /// <summary>Every tensor of the encoder; a head is not among them.</summary>
    public static IReadOnlyDictionary<string, long[]> Expected(EncoderShape shape)
    {
        long hidden = shape.HiddenSize;
        var expected = new Dictionary<string, long[]>
        {
            [Words] = [shape.VocabularySize, hidden],
            [Positions] = [shape.PositionRows, hidden],
            [Types] = [shape.TokenTypes, hidden],
        };
        AddNorm(EmbeddingsNorm);
        for (var layer = 0; layer < shape.LayerCount; layer++)
        {
            foreach (var projection in shape.Projections)
            {
                var place = projection.Name is "query" or "key" or "value" ? $"attention.self.{projection.Name}" : projection.Name;
                expected[$"{Layer(layer)}.{place}.weight"] = [projection.Out, projection.In];
                expected[$"{Layer(layer)}.{place}.bias"] = [projection.Out];
            }
            AddNorm($"{Layer(layer)}.attention.output.LayerNorm");
            AddNorm($"{Layer(layer)}.output.LayerNorm");
        }
        return expected;

        void AddNorm(string path)
        {
            expected[$"{path}.weight"] = [hidden];
            expected[$"{path}.bias"] = [hidden];
        }
    }

    public static bool Ignorable(string name) =>
        name.EndsWith("position_ids", StringComparison.Ordinal) || OtherHeads.Any(head => name.StartsWith(head, StringComparison.Ordinal));

    public Tensor Read(string name, params long[] dimensions) => read(name, dimensions);

    public LinearProjection Projection(int layer, string place, string name)
    {
        var path = $"{Layer(layer)}.{place}";
        var size = shape.Projection(name)!;
        return new LinearProjection(path, layer, read($"{path}.weight", [size.Out, size.In]), read($"{path}.bias", [size.Out]), name);
    }

    public LayerNorm Norm(string path, int hidden) =>
        new(path, read($"{path}.weight", [hidden]), read($"{path}.bias", [hidden]), shape.NormEpsilon);
}
