using System.Text.Json.Nodes;
using NoraPipelines.Plans;

namespace NoraPipelines.Models.Clip;

/// <summary>A CLIP's config.json, made from its shape, as configuration_clip.py names its numbers.</summary>
internal static class ClipConfigFile
{
    public static JsonObject Of(ClipShape shape)
    {
        var vision = Tower(shape.Vision, shape.EmbeddingSize, "clip_vision_model");
        (vision["image_size"], vision["patch_size"], vision["num_channels"]) = (shape.ImageSize, shape.PatchSize, 3);
        var text = Tower(shape.Text, shape.EmbeddingSize, "clip_text_model");
        (text["vocab_size"], text["max_position_embeddings"]) = (shape.VocabularySize, shape.Text.Positions);
        text["eos_token_id"] = shape.EndToken ?? shape.VocabularySize - 1;
        return new JsonObject
        {
            ["architectures"] = new JsonArray("CLIPModel"),
            ["model_type"] = "clip",
            ["projection_dim"] = shape.EmbeddingSize,
            ["text_config"] = text,
            ["vision_config"] = vision,
        };
    }

    private static JsonObject Tower(ClipTowerShape tower, int embedding, string type) => new()
    {
        ["hidden_act"] = Words.Of(tower.Activation),
        ["hidden_size"] = tower.HiddenSize,
        ["intermediate_size"] = tower.FeedForwardSize,
        ["layer_norm_eps"] = tower.NormEpsilon,
        ["model_type"] = type,
        ["num_attention_heads"] = tower.HeadCount,
        ["num_hidden_layers"] = tower.LayerCount,
        ["projection_dim"] = embedding,
    };
}
