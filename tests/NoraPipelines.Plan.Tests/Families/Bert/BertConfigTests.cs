using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Families;

public class BertConfigTests
{
    /// <summary>config.json of sentence-transformers/all-MiniLM-L6-v2.</summary>
    private static readonly Dictionary<string, object?> Config = new()
    {
        ["architectures"] = new List<object?> { "BertModel" },
        ["model_type"] = "bert",
        ["vocab_size"] = 30522L,
        ["hidden_size"] = 384L,
        ["intermediate_size"] = 1536L,
        ["num_hidden_layers"] = 6L,
        ["num_attention_heads"] = 12L,
        ["hidden_act"] = "gelu",
        ["layer_norm_eps"] = 1e-12,
        ["max_position_embeddings"] = 512L,
        ["type_vocab_size"] = 2L,
        ["pad_token_id"] = 0L,
    };

    [Fact]
    public void The_published_config_is_the_catalogues_shape() =>
        Assert.Equal(ModelCatalog.Find("all-minilm-l6-v2"), ModelConfig.Read(Config).Shape);

    [Fact]
    public void Missing_keys_have_the_values_of_transformers_configuration()
    {
        var config = Config.Where(pair => pair.Key is not ("layer_norm_eps" or "type_vocab_size" or "max_position_embeddings" or "model_type"));
        Assert.Equal(ModelCatalog.Find("all-minilm-l6-v2"), ModelConfig.Read(config.ToDictionary()).Shape);
    }

    [Fact]
    public void Every_position_is_a_texts() => Assert.Equal(512, ModelCatalog.Find("bert-base-uncased")!.LongestText);

    /// <summary>2 · r · r′ for two projections of six layers.</summary>
    [Fact]
    public void Nora_on_query_and_value_trains_18432_parameters() => Assert.Equal(
        18_432,
        ParameterCount.Trainable(
            ModelCatalog.Find("all-minilm-l6-v2")!,
            new NoraPlan { OuterRank = 48, InnerRank = 16, Alpha = 48, Targets = EquatableArray.Of("query", "value") }));
}
