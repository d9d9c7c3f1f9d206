using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Models.Bert;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Bert;

/// <summary>A BERT of random weights.</summary>
internal static class TinyBert
{
    public static BertShape Shape { get; } = new()
    {
        Architecture = Architecture.Bert,
        VocabularySize = 60,
        HiddenSize = 32,
        FeedForwardSize = 48,
        LayerCount = 2,
        HeadCount = 4,
        PositionRows = 24,
    };

    public static BertModel Create(int labels = 2, BertShape? shape = null) =>
        BertModel.Random(shape ?? Shape, labels, seed: 5, ScalarType.Float32, CPU).Sharpened();

    /// <summary>Two rows of six tokens.</summary>
    public static Tensor Ids() => tensor(new long[,] { { 1, 9, 40, 2, 33, 2 }, { 1, 33, 5, 7, 59, 2 } });

    /// <summary>A checkpoint's folder, without a head.</summary>
    /// <param name="name">The name of a tensor of the model → that in the file; null: it is left out.</param>
    public static void Write(BertModel model, string folder, Func<string, string?> name)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), new JsonObject
        {
            ["model_type"] = "bert",
            ["vocab_size"] = model.Shape.VocabularySize,
            ["hidden_size"] = model.Shape.HiddenSize,
            ["intermediate_size"] = model.Shape.FeedForwardSize,
            ["num_hidden_layers"] = model.Shape.LayerCount,
            ["num_attention_heads"] = model.Shape.HeadCount,
            ["max_position_embeddings"] = model.Shape.PositionRows,
        }.ToJsonString());
        var tensors = model.Parameters.Where(parameter => name(parameter.Name) is not null)
            .ToDictionary(parameter => name(parameter.Name)!, parameter => parameter.Value);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors);
    }
}
