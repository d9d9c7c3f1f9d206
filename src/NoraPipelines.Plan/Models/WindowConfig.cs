namespace NoraPipelines.Plans;

/// <summary>
/// config.json's sliding window. Mistral: 4096 where the key is missing, none where it is null (configuration_mistral.py). Qwen: none
/// unless use_sliding_window; then in the layers from max_window_layers on (configuration_qwen2.py), which must be all or none here.
/// </summary>
internal static class WindowConfig
{
    public static int? Read(ConfigReader config, Architecture family) => family switch
    {
        Architecture.Mistral => Size(config),
        Architecture.Qwen2 or Architecture.Qwen3 => OfQwen(config),
        _ => null,
    };

    private static int? OfQwen(ConfigReader config)
    {
        if (!config.Switch("use_sliding_window", false) || Size(config) is not { } window) return null;
        var layers = config.Size("num_hidden_layers");
        var kinds = config.Texts("layer_types").ToList();
        var windowed = kinds.Count > 0
            ? kinds.Count(kind => kind == "sliding_attention")
            : layers - Math.Min(layers, config.Count("max_window_layers", 28));
        if (windowed == 0) return null;
        if (windowed == layers) return window;
        config.Problems.Add($"use_sliding_window is true for {windowed} of {layers} layers; a window in some layers only is not supported");
        return null;
    }

    private static int? Size(ConfigReader config) => config.Has("sliding_window") ? config.OptionalSize("sliding_window") : 4096;
}
