using NoraPipelines.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Checkpoints;

/// <summary>Folders laid out as Hugging Face does, with tensors a test names.</summary>
internal static class TinyCheckpoint
{
    public const string Config = """
        {"model_type":"llama","vocab_size":8,"hidden_size":4,"intermediate_size":6,"num_hidden_layers":1,"num_attention_heads":2,
         "num_key_value_heads":1,"max_position_embeddings":16,"tie_word_embeddings":true,"torch_dtype":"float32"}
        """;

    public static void WriteShard(TemporaryFolder folder, string file, params string[] names)
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(folder[file], names.Select(name => KeyValuePair.Create(name, full([2, 3], name.Length, float32))));
    }

    public static void WriteConfig(TemporaryFolder folder, string config = Config) => File.WriteAllText(folder["config.json"], config);

    public static void WriteIndex(TemporaryFolder folder, params (string Tensor, string File)[] map)
    {
        var entries = map.Select(pair => $"{Quoted(pair.Tensor)}:{Quoted(pair.File)}");
        File.WriteAllText(folder["model.safetensors.index.json"], $"{{\"metadata\":{{}},\"weight_map\":{{{string.Join(",", entries)}}}}}");
    }

    /// <summary>Two shards: a and b in the first, c in the second.</summary>
    public static void WriteSharded(TemporaryFolder folder)
    {
        WriteConfig(folder);
        WriteShard(folder, "model-00001-of-00002.safetensors", "a", "b");
        WriteShard(folder, "model-00002-of-00002.safetensors", "c");
        WriteIndex(folder, ("a", "model-00001-of-00002.safetensors"), ("b", "model-00001-of-00002.safetensors"),
            ("c", "model-00002-of-00002.safetensors"));
    }

    /// <summary>The message with which the folder is refused.</summary>
    public static string Refusal(string folder) =>
        Assert.Throws<CheckpointException>(() => HuggingFaceCheckpoint.Open(folder).Dispose()).Message;

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
