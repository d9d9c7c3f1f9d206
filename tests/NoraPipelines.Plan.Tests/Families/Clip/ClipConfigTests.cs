using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Families;

public class ClipConfigTests
{
    private static readonly ClipShape Published = (ClipShape)ModelCatalog.Find("clip-vit-b-16")!;

    /// <summary>config.json of openai/clip-vit-base-patch16, without what has no meaning for the model.</summary>
    private static Dictionary<string, object?> Config() => new()
    {
        ["architectures"] = new List<object?> { "CLIPModel" },
        ["model_type"] = "clip",
        ["projection_dim"] = 512L,
        ["text_config"] = new Dictionary<string, object?>
        {
            ["bos_token_id"] = 0L,
            ["eos_token_id"] = 2L,
            ["hidden_act"] = "quick_gelu",
            ["hidden_size"] = 512L,
            ["intermediate_size"] = 2048L,
            ["layer_norm_eps"] = 1e-5,
            ["max_position_embeddings"] = 77L,
            ["num_attention_heads"] = 8L,
            ["num_hidden_layers"] = 12L,
            ["vocab_size"] = 49408L,
        },
        ["text_config_dict"] = null,
        ["vision_config"] = new Dictionary<string, object?>
        {
            ["hidden_act"] = "quick_gelu",
            ["hidden_size"] = 768L,
            ["image_size"] = 224L,
            ["intermediate_size"] = 3072L,
            ["num_attention_heads"] = 12L,
            ["num_hidden_layers"] = 12L,
            ["patch_size"] = 16L,
        },
        ["vision_config_dict"] = null,
    };

    [Fact]
    public void The_published_config_is_the_catalogues_shape() => Assert.Equal(Published, ModelConfig.Read(Config()).Shape);

    /// <summary>transformers writes what differs from its defaults alone; they are those of ViT-B/32.</summary>
    [Fact]
    public void Missing_keys_have_the_values_of_transformers_configuration()
    {
        var shape = (ClipShape)ModelConfig.Read(new Dictionary<string, object?> { ["model_type"] = "clip" }).Shape!;
        Assert.Equal(Published with { PatchSize = 32, Vision = Published.Vision with { Positions = 50 } }, shape);
    }

    /// <summary>As in openai/clip-vit-large-patch14.</summary>
    [Fact]
    public void A_config_dict_wins_over_the_config_beside_it()
    {
        var config = Config();
        config["text_config_dict"] = new Dictionary<string, object?> { ["hidden_size"] = 768L, ["num_attention_heads"] = 12L };
        config["vision_config_dict"] = new Dictionary<string, object?> { ["patch_size"] = 14L };
        var shape = (ClipShape)ModelConfig.Read(config).Shape!;
        Assert.Equal((768, 12, 2048), (shape.Text.HiddenSize, shape.Text.HeadCount, shape.Text.FeedForwardSize));
        Assert.Equal((14, 257), (shape.PatchSize, shape.Vision.Positions));
    }

    [Theory]
    [InlineData(49407L, null)]
    [InlineData(2L, null)] // what old files have, for the highest id of a row
    [InlineData(0L, 0)]
    [InlineData(100L, 100)]
    public void The_end_token_is_the_highest_id_unless_the_config_has_another(long id, int? expected) =>
        Assert.Equal(expected, ((ClipShape)ModelConfig.Read(With("text_config", "eos_token_id", id)).Shape!).EndToken);

    [Theory]
    [InlineData("text_config", "eos_token_id", 49408L, "text_config.eos_token_id is 49408; expected an id below vocab_size 49408")]
    [InlineData("text_config", "num_attention_heads", 7L, "text_config.hidden_size 512 is not a multiple of num_attention_heads 7")]
    [InlineData("text_config", "hidden_act", "mish", "text_config.hidden_act is 'mish'; expected silu, gelu_pytorch_tanh, gelu, relu or quick_gelu")]
    [InlineData("text_config", "vocab_size", -1L, "text_config.vocab_size is -1; expected a whole number from 1 to 16777216")]
    [InlineData("text_config", "num_hidden_layers", 100_000L, "text_config.num_hidden_layers is 100000; expected a whole number from 1 to 4096")]
    [InlineData("vision_config", "num_channels", 1L, "vision_config.num_channels is 1; expected 3, red, green and blue")]
    [InlineData("vision_config", "patch_size", 225L, "vision_config.patch_size is 225 and vision_config.image_size 224; expected 1 to 16777215 patches in a picture")]
    [InlineData("vision_config", "image_size", 16_000_000L, "expected 1 to 16777215 patches in a picture")]
    [InlineData("vision_config", "layer_norm_eps", 0L, "vision_config.layer_norm_eps is 0; expected a number above 0")]
    [InlineData("vision_config", "hidden_size", "wide", "vision_config.hidden_size is 'wide'; expected a whole number")]
    [InlineData(null, "projection_dim", 0L, "projection_dim is 0; expected a whole number")]
    [InlineData(null, "text_config", 3L, "text_config is 3; expected an object or null")]
    public void A_value_that_no_model_can_have_is_a_sentence(string? section, string key, object value, string expected)
    {
        var reading = ModelConfig.Read(With(section, key, value));
        Assert.Null(reading.Shape);
        Assert.Contains(expected, string.Join("\n", reading.Problems), StringComparison.Ordinal);
    }

    private static Dictionary<string, object?> With(string? section, string key, object value)
    {
        var config = Config();
        if (section is null) config[key] = value;
        else ((Dictionary<string, object?>)config[section]!)[key] = value;
        return config;
    }
}
