using System.Text.Json;
using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>config.json of a merged model: the source's own with the dtype brought up to date, or one made from the shape.</summary>
internal static class MergedConfig
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="classes">Of a classifier's head; null: they have no names.</param>
    public static string Text(IAdaptableModel model, HuggingFaceCheckpoint? source, ScalarType dtype, IReadOnlyList<string>? classes)
    {
        var config = model.Config(source is null ? null : JsonNode.Parse(source.Config.GetRawText())!.AsObject(), classes);
        // transformers 5 writes dtype, earlier versions torch_dtype; both are read.
        var key = config.ContainsKey("dtype") && !config.ContainsKey("torch_dtype") ? "dtype" : "torch_dtype";
        config[key] = SafetensorsDtype.Word(dtype);
        if (config.ContainsKey("dtype")) config["dtype"] = SafetensorsDtype.Word(dtype);
        return config.ToJsonString(Indented) + "\n";
    }
}
