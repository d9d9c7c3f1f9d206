using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using NoraPipelines.Models.Llama;
using NoraPipelines.Models.Roberta;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>config.json of a merged model: the source's own with the dtype brought up to date, or one made from the shape.</summary>
internal static class MergedConfig
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="classes">Of a classifier's head; null: they have no names.</param>
    public static string Text(ITextModel model, HuggingFaceCheckpoint? source, ScalarType dtype, IReadOnlyList<string>? classes)
    {
        var config = source is not null ? JsonNode.Parse(source.Config.GetRawText())!.AsObject()
            : model is LlamaModel decoder ? Of(decoder.Shape)
            : Of(((RobertaModel)model).Shape);
        if (model is RobertaModel classifier) NameClasses(config, classifier.Classifier.Labels, classes);
        // transformers 5 writes dtype, earlier versions torch_dtype; both are read.
        var key = config.ContainsKey("dtype") && !config.ContainsKey("torch_dtype") ? "dtype" : "torch_dtype";
        config[key] = SafetensorsDtype.Word(dtype);
        if (config.ContainsKey("dtype")) config["dtype"] = SafetensorsDtype.Word(dtype);
        return config.ToJsonString(Indented) + "\n";
    }

    /// <summary>configuration_utils.py: the number of labels is that of id2label.</summary>
    private static void NameClasses(JsonObject config, int labels, IReadOnlyList<string>? classes)
    {
        string[] names = [.. Enumerable.Range(0, labels).Select(i => classes?.Count == labels ? classes[i] : $"LABEL_{i}")];
        config["architectures"] = new JsonArray("RobertaForSequenceClassification");
        config["id2label"] = new JsonObject(names.Select((name, i) => KeyValuePair.Create(i.ToString(CultureInfo.InvariantCulture), (JsonNode?)name)));
        config["label2id"] = new JsonObject(names.Select((name, i) => KeyValuePair.Create(name, (JsonNode?)i)));
        config["problem_type"] = labels == 1 ? "regression" : "single_label_classification";
        config.Remove("num_labels");
    }

    /// <summary>The keys of transformers' configuration class of the family.</summary>
    private static JsonObject Of(DecoderShape shape)
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

    /// <summary>configuration_roberta.py.</summary>
    private static JsonObject Of(EncoderShape shape) => new()
    {
        ["model_type"] = "roberta",
        ["attention_probs_dropout_prob"] = shape.AttentionDropout,
        ["classifier_dropout"] = shape.HeadDropout,
        ["hidden_act"] = Words.Of(shape.Activation),
        ["hidden_dropout_prob"] = shape.HiddenDropout,
        ["hidden_size"] = shape.HiddenSize,
        ["intermediate_size"] = shape.FeedForwardSize,
        ["layer_norm_eps"] = shape.NormEpsilon,
        ["max_position_embeddings"] = shape.PositionRows,
        ["num_attention_heads"] = shape.HeadCount,
        ["num_hidden_layers"] = shape.LayerCount,
        ["pad_token_id"] = shape.PaddingId,
        ["type_vocab_size"] = shape.TokenTypes,
        ["vocab_size"] = shape.VocabularySize,
    };

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
