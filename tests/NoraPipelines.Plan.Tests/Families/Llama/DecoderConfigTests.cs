using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Families;

public class DecoderConfigTests
{
    private static Dictionary<string, object?> Config(string family) => new()
    {
        ["model_type"] = family,
        ["vocab_size"] = 320L,
        ["hidden_size"] = 64L,
        ["intermediate_size"] = 176L,
        ["num_hidden_layers"] = 3L,
        ["num_attention_heads"] = 8L,
    };

    [Fact]
    public void Llama_gets_the_defaults_of_its_configuration_class()
    {
        var shape = Read(Config("llama"));
        Assert.Equal((8, 8, 2048, false, 1e-6, 10000.0), (shape.KeyValueHeadCount, shape.HeadSize, shape.MaxPositions,
            shape.TiedEmbeddings, shape.NormEpsilon, shape.RopeTheta));
        Assert.Equal((null, GateActivation.Silu, false, false), (shape.SlidingWindow, shape.Activation, shape.NormAddsOne,
            shape.ScaledEmbeddings));
    }

    [Fact]
    public void Mistral_gets_the_defaults_of_its_configuration_class()
    {
        var shape = Read(Config("mistral"));
        Assert.Equal((8, 131072, 4096, false), (shape.KeyValueHeadCount, shape.MaxPositions, shape.SlidingWindow, shape.TiedEmbeddings));
    }

    [Fact]
    public void Gemma_gets_the_defaults_of_its_configuration_class()
    {
        var shape = Read(With(Config("gemma"), "num_attention_heads", 16L));
        Assert.Equal((16, 256, 8192, true), (shape.KeyValueHeadCount, shape.HeadSize, shape.MaxPositions, shape.TiedEmbeddings));
        Assert.Equal((GateActivation.GeluTanh, true, true), (shape.Activation, shape.NormAddsOne, shape.ScaledEmbeddings));
    }

    [Fact]
    public void Qwen2_has_biases_on_q_k_and_v_and_no_window_unless_it_is_switched_on()
    {
        var shape = Read(With(With(Config("qwen2"), "num_key_value_heads", 4L), "sliding_window", 4096L));
        Assert.Equal((32768, 8, null, AttentionBias.QueryKeyValue, false), (shape.MaxPositions, shape.HeadSize, shape.SlidingWindow,
            shape.AttentionBias, shape.HeadNorms));
        Assert.Equal((true, false), (shape.Projection("q_proj")!.HasBias, shape.Projection("o_proj")!.HasBias));
    }

    [Fact]
    public void Qwen3_has_head_norms_and_heads_of_128_and_takes_biases_from_its_switch()
    {
        var config = With(Config("qwen3"), "num_key_value_heads", 4L);
        Assert.Equal((128, true, AttentionBias.None), (Read(config).HeadSize, Read(config).HeadNorms, Read(config).AttentionBias));
        Assert.Equal(AttentionBias.All, Read(With(config, "attention_bias", true)).AttentionBias);
    }

    [Theory]
    [InlineData(0L, 5)]
    [InlineData(3L, null)]
    [InlineData(28L, null)]
    public void Qwens_window_is_that_of_all_layers_or_none(long fullLayers, int? window) =>
        Assert.Equal(window, Read(Windowed(fullLayers)).SlidingWindow);

    [Fact]
    public void A_window_may_be_of_some_layers_only()
    {
        Assert.Equal(5, Read(Windowed(1L)).SlidingWindow);
        Assert.Equal([0], Read(Windowed(1L)).FullAttentionLayers);
        var kinds = new List<object?> { "full_attention", "sliding_attention", "full_attention" };
        var shape = Read(With(Windowed(0L), "layer_types", kinds));
        Assert.Equal([0, 2], shape.FullAttentionLayers);
        Assert.Equal([null, 5, null], Enumerable.Range(0, 3).Select(shape.WindowOf));
        Assert.Equal("layer_types lists 2 layers, num_hidden_layers is 3", Problem(With(Windowed(0L), "layer_types", kinds.Take(2).ToList())));
    }

    private static Dictionary<string, object?> Windowed(long fullLayers) => With(With(With(With(
        Config("qwen2"), "num_key_value_heads", 4L), "use_sliding_window", true), "sliding_window", 5L), "max_window_layers", fullLayers);

    [Fact]
    public void Gemma_passes_hidden_act_over_as_transformers_does() =>
        Assert.Equal(GateActivation.GeluTanh,
            Read(With(With(Config("gemma"), "num_attention_heads", 16L), "hidden_act", "gelu")).Activation);

    [Fact]
    public void A_null_window_means_none() => Assert.Null(Read(With(Config("mistral"), "sliding_window", null)).SlidingWindow);

    [Fact]
    public void Null_key_value_heads_are_as_many_as_heads() =>
        Assert.Equal(8, Read(With(Config("mistral"), "num_key_value_heads", null)).KeyValueHeadCount);

    [Fact]
    public void The_llama3_scaling_is_read()
    {
        var scaling = new Dictionary<string, object?>
        {
            ["rope_type"] = "llama3",
            ["factor"] = 8.0,
            ["low_freq_factor"] = 1L,
            ["high_freq_factor"] = 4.0,
            ["original_max_position_embeddings"] = 8192L,
        };
        Assert.Equal(new RopeScaling.Llama3(8, 1, 4, 8192), Read(With(Config("llama"), "rope_scaling", scaling)).RopeScaling);
    }

    [Fact]
    public void The_newer_rope_parameters_are_read() => Assert.Equal(500000, Read(With(Config("llama"), "rope_parameters",
        new Dictionary<string, object?> { ["rope_type"] = "default", ["rope_theta"] = 500000.0 })).RopeTheta);

    [Theory]
    [InlineData("type")]
    [InlineData("rope_type")]
    public void The_linear_scaling_is_read(string key)
    {
        var scaling = new Dictionary<string, object?> { [key] = "linear", ["factor"] = 4.0 };
        Assert.Equal(new RopeScaling.Linear(4), Read(With(Config("llama"), "rope_scaling", scaling)).RopeScaling);
        Assert.Contains("rope_scaling.factor is missing; the kind linear needs it",
            Problem(With(Config("llama"), "rope_scaling", new Dictionary<string, object?> { [key] = "linear" })));
    }

    [Fact]
    public void The_dynamic_scaling_gives_positions_beyond_the_models()
    {
        var shape = Read(With(Config("llama"), "rope_scaling", new Dictionary<string, object?> { ["type"] = "dynamic", ["factor"] = 2.5 }));
        Assert.Equal((new RopeScaling.Dynamic(2.5, 2048), 5120), (shape.RopeScaling, shape.MaxPositions));
    }

    [Fact]
    public void Heads_turned_in_part_are_refused_in_the_newer_parameters_too() => Assert.Contains("partial_rotary_factor is 0.5",
        Problem(With(Config("llama"), "rope_parameters", new Dictionary<string, object?> { ["rope_theta"] = 1e4, ["partial_rotary_factor"] = 0.5 })));

    [Theory]
    [InlineData("gelu", GateActivation.Gelu)]
    [InlineData("relu", GateActivation.Relu)]
    [InlineData("gelu_new", GateActivation.GeluTanh)]
    [InlineData("swish", GateActivation.Silu)]
    public void Activations_are_read_by_transformers_names(string name, GateActivation expected)
    {
        Assert.Equal(expected, Read(With(Config("llama"), "hidden_act", name)).Activation);
        Assert.Equal(expected, Read(With(With(Config("gemma"), "num_attention_heads", 16L), "hidden_activation", name)).Activation);
    }

    [Theory]
    [InlineData("yarn")]
    [InlineData("longrope")]
    public void Other_scalings_are_refused_by_name(string kind) =>
        Assert.Contains($"'{kind}'",
            Problem(With(Config("llama"), "rope_scaling", new Dictionary<string, object?> { ["type"] = kind, ["factor"] = 2.0 })));

    [Theory]
    [InlineData("rope_scaling", "factor")]
    [InlineData("rope_parameters", "full_attention")] // one set of them for each kind of layer
    public void Rope_settings_without_a_kind_are_refused(string section, string key)
    {
        Assert.Equal($"{section} has {key} and no rope_type, which says what it means; supported are default, linear, dynamic and llama3",
            Problem(With(Config("llama"), section, new Dictionary<string, object?> { ["rope_theta"] = 5.0, [key] = 2.0 })));
        Assert.Null(Read(With(Config("llama"), section, new Dictionary<string, object?> { ["rope_theta"] = 5.0 })).RopeScaling);
    }

    [Theory]
    [InlineData("hidden_act", "mish", "hidden_act is 'mish'; expected silu, gelu_pytorch_tanh, gelu, relu or quick_gelu")]
    [InlineData("hidden_size", 0L, "hidden_size is 0; expected a whole number from 1 to 16777216")]
    [InlineData("hidden_size", 64.5, "hidden_size is 64.5; expected a whole number from 1 to 16777216")]
    [InlineData("vocab_size", "many", "vocab_size is 'many'; expected a whole number from 1 to 16777216")]
    [InlineData("num_hidden_layers", long.MaxValue, "num_hidden_layers is 9223372036854775807; expected a whole number from 1 to 4096")]
    [InlineData("num_hidden_layers", 10_000_000L, "num_hidden_layers is 10000000; expected a whole number from 1 to 4096")]
    [InlineData("num_hidden_layers", null, "num_hidden_layers is missing")]
    [InlineData("hidden_size", 63L, "hidden_size 63 is not a multiple of num_attention_heads 8, and head_dim is missing; give head_dim")]
    [InlineData("num_key_value_heads", 3L,
        "num_attention_heads 8 is not a multiple of num_key_value_heads 3; every key-value head serves the same number of heads")]
    [InlineData("head_dim", 7L, "head_dim is 7; rotary positions need an even number")]
    [InlineData("rms_norm_eps", -1.0, "rms_norm_eps is -1; expected a number above 0")]
    [InlineData("tie_word_embeddings", "yes", "tie_word_embeddings is 'yes'; expected true or false")]
    [InlineData("partial_rotary_factor", 0.5, "partial_rotary_factor is 0.5; partial rotary embeddings are not supported")]
    [InlineData("rope_scaling", 4L, "rope_scaling is 4; expected an object or null")]
    public void What_cannot_be_used_is_named(string key, object? value, string problem) =>
        Assert.Equal(problem, Problem(With(Config("llama"), key, value)));

    [Fact]
    public void Llamas_feed_forward_block_may_have_biases()
    {
        var shape = Read(With(Config("llama"), "mlp_bias", true));
        Assert.Equal((true, false), (shape.Projection("down_proj")!.HasBias, shape.Projection("q_proj")!.HasBias));
        Assert.Equal(Read(Config("llama")).TotalParameters + 3 * (176 + 176 + 64), shape.TotalParameters);
    }

    [Fact]
    public void Quantised_weights_are_refused() =>
        Assert.Contains("quant_method 'gptq'", Problem(With(Config("llama"), "quantization_config",
        new Dictionary<string, object?> { ["quant_method"] = "gptq" })));

    [Fact]
    public void All_problems_come_at_once() =>
        Assert.Equal(3,
            ModelConfig.Read(With(With(With(Config("llama"), "hidden_act", "mish"), "attention_bias", "yes"), "vocab_size",
            -1L)).Problems.Count);

    [Fact]
    public void Without_a_model_type_the_architecture_counts()
    {
        var config = Config("mistral");
        config.Remove("model_type");
        Assert.Equal(Architecture.Mistral, Read(With(config, "architectures", new List<object?> { "MistralForCausalLM" })).Architecture);
    }

    [Fact]
    public void Another_model_type_is_refused_with_those_that_are_read() => Assert.Equal(
        $"model_type is 'phi3'; the models that can be read are {ModelConfig.Readable}",
        Problem(With(Config("llama"), "model_type", "phi3")));

    [Fact]
    public void An_empty_object_is_refused() => Assert.Contains("model_type is missing", Problem([]));

    private static Dictionary<string, object?> With(Dictionary<string, object?> config, string key, object? value) =>
        new(config) { [key] = value };

    private static DecoderShape Read(Dictionary<string, object?> config)
    {
        var reading = ModelConfig.Read(config);
        Assert.Empty(reading.Problems);
        return Assert.IsType<DecoderShape>(reading.Shape);
    }

    private static string Problem(Dictionary<string, object?> config)
    {
        var reading = ModelConfig.Read(config);
        Assert.Null(reading.Shape);
        return Assert.Single(reading.Problems);
    }
}
