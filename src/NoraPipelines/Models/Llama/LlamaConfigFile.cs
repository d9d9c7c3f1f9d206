using System.Text.Json.Nodes;
using NoraPipelines.Plans;

namespace NoraPipelines.Models.Llama;

/// <summary>A decoder's config.json, made from its shape.</summary>
internal static class LlamaConfigFile
{
    /// <summary>The keys of transformers' configuration class of the family.</summary>
    public static JsonObject Of(DecoderShape shape)
    {
        var (type, model) = shape.Architecture switch
        {
            Architecture.Mistral => ("mistral", "MistralForCausalLM"),
            Architecture.Gemma => ("gemma", "GemmaForCausalLM"),
            Architecture.Qwen2 => ("qwen2", "Qwen2ForCausalLM"),
            Architecture.Qwen3 => ("qwen3", "Qwen3ForCausalLM"),
            _ => ("llama", "LlamaForCausalLM"),
        };
        var activation = Words.Of(shape.Activation);
        var config = new JsonObject
        {
            ["architectures"] = new JsonArray(model),
            ["attention_bias"] = shape.AttentionBias == AttentionBias.All,
            ["head_dim"] = shape.HeadSize,
            ["hidden_act"] = activation,
            ["hidden_size"] = shape.HiddenSize,
            ["intermediate_size"] = shape.FeedForwardSize,
            ["mlp_bias"] = shape.FeedForwardBias,
            ["max_position_embeddings"] = (shape.RopeScaling as RopeScaling.Dynamic)?.OriginalMaxPositions ?? shape.MaxPositions,
            ["model_type"] = type,
            ["num_attention_heads"] = shape.HeadCount,
            ["num_hidden_layers"] = shape.LayerCount,
            ["num_key_value_heads"] = shape.KeyValueHeadCount,
            ["rms_norm_eps"] = shape.NormEpsilon,
            ["rope_scaling"] = Scaling(shape.RopeScaling),
            ["rope_theta"] = shape.RopeTheta,
            ["tie_word_embeddings"] = shape.TiedEmbeddings,
            ["vocab_size"] = shape.VocabularySize,
        };
        if (shape.Architecture == Architecture.Mistral) config["sliding_window"] = shape.SlidingWindow;
        if (shape.Architecture is Architecture.Qwen2 or Architecture.Qwen3)
        {
            config["use_sliding_window"] = shape.SlidingWindow is not null;
            config["sliding_window"] = shape.SlidingWindow;
            config["max_window_layers"] = shape.SlidingWindow is null ? shape.LayerCount : shape.FullAttentionLayers.Count;
            if (shape.FullAttentionLayers.Count > 0)
            {
                config["layer_types"] = new JsonArray([.. Enumerable.Range(0, shape.LayerCount)
                    .Select(layer => (JsonNode)(shape.WindowOf(layer) is null ? "full_attention" : "sliding_attention"))]);
            }
        }
        if (shape.Architecture == Architecture.Gemma) config["hidden_activation"] = activation;
        return config;
    }

    private static JsonObject? Scaling(RopeScaling? scaling) => scaling switch
    {
        RopeScaling.Linear linear => new JsonObject { ["factor"] = linear.Factor, ["rope_type"] = "linear", ["type"] = "linear" },
        RopeScaling.Dynamic dynamic => new JsonObject { ["factor"] = dynamic.Factor, ["rope_type"] = "dynamic", ["type"] = "dynamic" },
        RopeScaling.Llama3 llama3 => new JsonObject
        {
            ["factor"] = llama3.Factor,
            ["high_freq_factor"] = llama3.HighFrequencyFactor,
            ["low_freq_factor"] = llama3.LowFrequencyFactor,
            ["original_max_position_embeddings"] = llama3.OriginalMaxPositions,
            ["rope_type"] = "llama3",
        },
        _ => null,
    };
}
