namespace NoraPipelines.Plans;

/// <summary>
/// config.json's sliding window. Mistral: 4096 where the key is missing, none where it is null (configuration_mistral.py). Qwen: none
/// unless use_sliding_window; then in the layers from max_window_layers on, or those that layer_types names (configuration_qwen2.py).
/// </summary>
internal static class WindowConfig
{
    /// <summary>The shape with its window, where it has one.</summary>
    public static DecoderShape Apply(ConfigReader config, DecoderShape shape) => shape.Architecture switch
    {
        Architecture.Mistral => shape with { SlidingWindow = Size(config) },
        Architecture.Qwen2 or Architecture.Qwen3 => OfQwen(config, shape),
        _ => shape,
    };

    private static DecoderShape OfQwen(ConfigReader config, DecoderShape shape)
    {
        if (!config.Switch("use_sliding_window", false) || Size(config) is not { } window || config.Problems.Count > 0) return shape;
        var kinds = config.Texts("layer_types").ToList();
        if (kinds.Count > 0 && kinds.Count != shape.LayerCount)
        {
            config.Problems.Add($"layer_types lists {kinds.Count} layers, num_hidden_layers is {shape.LayerCount}");
            return shape;
        }
        var first = Math.Min(shape.LayerCount, config.Count("max_window_layers", 28));
        var full = Enumerable.Range(0, shape.LayerCount)
            .Where(layer => kinds.Count > 0 ? kinds[layer] != "sliding_attention" : layer < first).ToEquatableArray();
        return full.Count == shape.LayerCount ? shape : shape with { SlidingWindow = window, FullAttentionLayers = full };
    }

    private static int? Size(ConfigReader config) => config.Has("sliding_window") ? config.OptionalSize("sliding_window") : 4096;
}
