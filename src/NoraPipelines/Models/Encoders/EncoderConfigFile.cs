using System.Globalization;
using System.Text.Json.Nodes;
using NoraPipelines.Plans;

namespace NoraPipelines.Models.Encoders;

/// <summary>An encoder's config.json.</summary>
internal static class EncoderConfigFile
{
    /// <summary>Made from the shape, as configuration_bert.py and configuration_roberta.py name its numbers.</summary>
    public static JsonObject Of(EncoderShape shape, int paddingId) => new()
    {
        ["model_type"] = Words.Of(shape.Architecture),
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
        ["pad_token_id"] = paddingId,
        ["type_vocab_size"] = shape.TokenTypes,
        ["vocab_size"] = shape.VocabularySize,
    };

    /// <summary>Writes what a head classifies into a config; configuration_utils.py: the number of labels is that of id2label.</summary>
    /// <param name="architecture">transformers' class: RobertaForSequenceClassification.</param>
    /// <param name="classes">Null: they have no names.</param>
    public static JsonObject WithClasses(JsonObject config, string architecture, int labels, IReadOnlyList<string>? classes)
    {
        string[] names = [.. Enumerable.Range(0, labels).Select(i => classes?.Count == labels ? classes[i] : $"LABEL_{i}")];
        config["architectures"] = new JsonArray(architecture);
        config["id2label"] = new JsonObject(names.Select((name, i) => KeyValuePair.Create(i.ToString(CultureInfo.InvariantCulture), (JsonNode?)name)));
        config["label2id"] = new JsonObject(names.Select((name, i) => KeyValuePair.Create(name, (JsonNode?)i)));
        config["problem_type"] = labels == 1 ? "regression" : "single_label_classification";
        config.Remove("num_labels");
        return config;
    }
}
