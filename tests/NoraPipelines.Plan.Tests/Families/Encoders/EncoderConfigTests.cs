using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Families;

public class EncoderConfigTests
{
    private static readonly Dictionary<string, object?> Config = new()
    {
        ["model_type"] = "roberta",
        ["vocab_size"] = 50265L,
        ["hidden_size"] = 1024L,
        ["intermediate_size"] = 4096L,
        ["num_hidden_layers"] = 24L,
        ["num_attention_heads"] = 16L,
        ["max_position_embeddings"] = 514L,
        ["type_vocab_size"] = 1L,
        ["pad_token_id"] = 1L,
        ["hidden_act"] = "gelu",
        ["layer_norm_eps"] = 1e-5,
    };

    [Fact]
    public void The_published_config_is_the_catalogues_shape()
    {
        Assert.Equal(ModelCatalog.Find("roberta-large"), ModelConfig.Read(Config).Shape);
        Assert.Equal(512, ((RobertaShape)ModelCatalog.Find("roberta-large")!).MaxTokens);
    }

    [Fact]
    public void The_heads_dropout_is_the_hidden_ones_unless_it_is_given()
    {
        Assert.Equal(0.3, Read("hidden_dropout_prob", 0.3).HeadDropout);
        Assert.Equal(0, Read("classifier_dropout", 0L).HeadDropout);
    }

    [Fact]
    public void Without_a_model_type_the_architecture_counts()
    {
        var config = new Dictionary<string, object?>(Config) { ["architectures"] = new List<object?> { "RobertaForMaskedLM" } };
        config.Remove("model_type");
        Assert.IsType<RobertaShape>(ModelConfig.Read(config).Shape);
    }

    [Theory]
    [InlineData("hidden_act", "mish", "hidden_act is 'mish'; expected silu, gelu_pytorch_tanh, gelu, relu or quick_gelu")]
    [InlineData("position_embedding_type", "relative_key", "position_embedding_type is 'relative_key'; expected absolute")]
    [InlineData("is_decoder", true, "is_decoder is true; only encoders classify")]
    [InlineData("num_attention_heads", 7L, "hidden_size 1024 is not a multiple of num_attention_heads 7")]
    [InlineData("max_position_embeddings", 2L, "max_position_embeddings 2 leaves no position beyond pad_token_id 1")]
    [InlineData("hidden_dropout_prob", 1.0, "hidden_dropout_prob is 1; expected a number from 0 to below 1")]
    [InlineData("vocab_size", null, "vocab_size is missing")]
    public void What_cannot_be_used_is_named(string key, object? value, string problem) =>
        Assert.Equal(problem, Assert.Single(ModelConfig.Read(new Dictionary<string, object?>(Config) { [key] = value }).Problems));

    private static RobertaShape Read(string key, object? value) =>
        Assert.IsType<RobertaShape>(ModelConfig.Read(new Dictionary<string, object?>(Config) { [key] = value }).Shape);
}
