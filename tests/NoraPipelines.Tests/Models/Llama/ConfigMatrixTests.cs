using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Generation;
using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Llama;

/// <summary>Checkpoints as transformers writes them, with the numbers and switches that configs have: what each is read as, and its logits against plain loops.</summary>
public sealed class ConfigMatrixTests : IDisposable
{
    private static readonly DecoderShape Llama = TinyDecoder.Shape() with { NormEpsilon = 1e-6 };

    // config.json beside the sizes of TinyDecoder, and what it must be read as.
    private static readonly Dictionary<string, (string Family, string Config, DecoderShape Shape)> Variants = new()
    {
        ["llama, one key-value head"] = ("llama", """{"num_key_value_heads":1}""", Llama with { KeyValueHeadCount = 1 }),
        ["llama, as many key-value heads as heads"] = ("llama", """{"num_key_value_heads":4}""", Llama with { KeyValueHeadCount = 4 }),
        ["llama, heads of another size"] = ("llama", """{"head_dim":12}""", Llama with { HeadSize = 12 }),
        ["llama, tied"] = ("llama", """{"tie_word_embeddings":true}""", Llama with { TiedEmbeddings = true }),
        ["llama, biases of the attention"] = ("llama", """{"attention_bias":true}""", Llama with { AttentionBias = AttentionBias.All }),
        ["llama, biases of the feed-forward block"] = ("llama", """{"mlp_bias":true}""", Llama with { FeedForwardBias = true }),
        ["llama, gelu"] = ("llama", """{"hidden_act":"gelu"}""", Llama with { Activation = GateActivation.Gelu }),
        ["llama, relu"] = ("llama", """{"hidden_act":"relu"}""", Llama with { Activation = GateActivation.Relu }),
        ["llama, tanh gelu"] = ("llama", """{"hidden_act":"gelu_pytorch_tanh"}""", Llama with { Activation = GateActivation.GeluTanh }),
        ["llama, linear positions"] = ("llama", """{"rope_scaling":{"type":"linear","factor":2.0}}""", Llama with { RopeScaling = new RopeScaling.Linear(2) }),
        ["llama, dynamic positions"] = ("llama", """{"max_position_embeddings":16,"rope_scaling":{"rope_type":"dynamic","factor":2.0}}""",
            Llama with { MaxPositions = 32, RopeScaling = new RopeScaling.Dynamic(2, 16) }),
        ["llama, positions of 3.1"] = ("llama", """{"rope_theta":500.0,"rope_scaling":{"rope_type":"llama3","factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,"original_max_position_embeddings":32}}""",
            Llama with { RopeTheta = 500, RopeScaling = new RopeScaling.Llama3(8, 1, 4, 32) }),
        ["llama, parameters of transformers 5"] = ("llama", """{"rope_parameters":{"rope_type":"linear","rope_theta":777.0,"factor":4.0},"dtype":"float32","torch_dtype":null}""",
            Llama with { RopeTheta = 777, RopeScaling = new RopeScaling.Linear(4) }),
        ["llama, default parameters of transformers 5"] = ("llama", """{"rope_parameters":{"rope_type":"default","rope_theta":777.0}}""", Llama with { RopeTheta = 777 }),
        ["mistral, a window below the text"] = ("mistral", """{"sliding_window":3}""", Llama with { Architecture = Architecture.Mistral, SlidingWindow = 3 }),
        ["mistral, no window, own heads"] = ("mistral", """{"sliding_window":null,"head_dim":6}""", Llama with { Architecture = Architecture.Mistral, HeadSize = 6 }),
        ["mistral, tied, one key-value head"] = ("mistral", """{"sliding_window":null,"tie_word_embeddings":true,"num_key_value_heads":1}""",
            Llama with { Architecture = Architecture.Mistral, TiedEmbeddings = true, KeyValueHeadCount = 1 }),
        ["gemma"] = ("gemma", """{"head_dim":10,"hidden_act":"gelu","hidden_activation":null}""", Gemma),
        ["gemma, untied, exact gelu, biases"] = ("gemma", """{"head_dim":10,"hidden_activation":"gelu","tie_word_embeddings":false,"attention_bias":true}""",
            Gemma with { Activation = GateActivation.Gelu, TiedEmbeddings = false, AttentionBias = AttentionBias.All }),
        ["gemma, one key-value head"] = ("gemma", """{"head_dim":10,"num_key_value_heads":1}""", Gemma with { KeyValueHeadCount = 1 }),
        ["qwen2, a window that is switched off"] = ("qwen2", """{"use_sliding_window":false,"sliding_window":3,"max_window_layers":0}""",
            Llama with { Architecture = Architecture.Qwen2, AttentionBias = AttentionBias.QueryKeyValue }),
        ["qwen2, a window of all layers, tied"] = ("qwen2", """{"use_sliding_window":true,"sliding_window":3,"max_window_layers":0,"tie_word_embeddings":true}""",
            Llama with { Architecture = Architecture.Qwen2, AttentionBias = AttentionBias.QueryKeyValue, SlidingWindow = 3, TiedEmbeddings = true }),
        ["qwen2, a window from the second layer on"] = ("qwen2", """{"use_sliding_window":true,"sliding_window":3,"max_window_layers":1}""",
            Llama with { Architecture = Architecture.Qwen2, AttentionBias = AttentionBias.QueryKeyValue, SlidingWindow = 3, FullAttentionLayers = EquatableArray.Of(0) }),
        ["qwen3, a window of the first layer"] = ("qwen3", """{"head_dim":8,"use_sliding_window":true,"sliding_window":4,"layer_types":["sliding_attention","full_attention"]}""",
            Llama with { Architecture = Architecture.Qwen3, HeadNorms = true, SlidingWindow = 4, FullAttentionLayers = EquatableArray.Of(1) }),
        ["qwen3, heads of another size"] = ("qwen3", """{"head_dim":14,"rope_theta":1000000}""",
            Llama with { Architecture = Architecture.Qwen3, HeadNorms = true, HeadSize = 14, RopeTheta = 1e6 }),
        ["qwen3, biases, one key-value head, tied"] = ("qwen3", """{"head_dim":8,"attention_bias":true,"num_key_value_heads":1,"tie_word_embeddings":true}""",
            Llama with { Architecture = Architecture.Qwen3, HeadNorms = true, AttentionBias = AttentionBias.All, KeyValueHeadCount = 1, TiedEmbeddings = true }),
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. Variants.Keys];

    private static DecoderShape Gemma => Llama with
    {
        Architecture = Architecture.Gemma,
        HeadSize = 10,
        TiedEmbeddings = true,
        Activation = GateActivation.GeluTanh,
        NormAddsOne = true,
        ScaledEmbeddings = true,
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_checkpoint_is_read_as_its_config_says_and_gives_the_logits_of_plain_loops(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Write(name, ScalarType.Float32, shards: 1);
        using var model = Load(name);
        var ids = TinyDecoder.Ids(1, 24);
        var expected = new PlainDecoder(model).Logits(GoldenDecoderTests.Ids(ids[0]));
        var logits = model.Logits(model.Hidden(ids))[0];
        Near.Check(tensor(expected.SelectMany(row => row).ToArray(), [24, Llama.VocabularySize]), logits, 3e-5, 1e-4, name);

        // Padded on either side, the tokens of the text see the same, dynamic positions too.
        var shorter = ids[.., ..15];
        var alone = model.Logits(model.Hidden(shorter))[0];
        var right = model.Logits(model.Hidden(cat([shorter, zeros([1, 9], int64)], 1), Mask(true)))[0];
        Near.Check(alone, right[..15], 2e-5, 1e-4, name + ", padded on the right");
        var positions = cat([zeros([1, 9], int64), arange(15, dtype: int64).unsqueeze(0)], 1);
        var left = model.Logits(model.Hidden(cat([zeros([1, 9], int64), shorter], 1), Mask(false), positions: positions))[0];
        Near.Check(alone, left[9..], 2e-5, 1e-4, name + ", padded on the left");
    }

    [Theory]
    [InlineData(ScalarType.Float16, 1)]
    [InlineData(ScalarType.BFloat16, 3)]
    [InlineData(ScalarType.Float32, 3)]
    public void Half_precision_and_shards_load_to_the_same_numbers(ScalarType dtype, int shards)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var name in (string[])["llama, tied", "gemma", "qwen3, biases, one key-value head, tied", "mistral, a window below the text"])
        {
            var weights = Write(name, dtype, shards);
            using var model = Load(name);
            foreach (var (path, value) in model.Parameters) SameTensor.Check(weights[path].to(float32), value, path);
        }
    }

    [Fact]
    public void A_tied_head_that_is_in_the_file_all_the_same_is_passed_over()
    {
        using var scope = NewDisposeScope();
        var weights = Write("llama, tied", ScalarType.Float32, shards: 1);
        SafetensorsWriter.Write(_folder["model.safetensors"], [.. weights, new("lm_head.weight", weights["model.embed_tokens.weight"])]);
        using var model = Load("llama, tied");
        Assert.Equal(weights.Count, model.Parameters.Count());
    }

    [Fact]
    public void Texts_beyond_stretched_positions_are_refused_and_generation_goes_up_to_them()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Write("llama, dynamic positions", ScalarType.Float32, shards: 1);
        using var model = Load("llama, dynamic positions");
        Assert.Contains("32 positions", Assert.Throws<NoraException>(() => model.Hidden(TinyDecoder.Ids(1, 33))).Message);
        int[] prompt = [.. GoldenDecoderTests.Ids(TinyDecoder.Ids(1, 10)[0])];
        Assert.Equal(20, TextGenerator.Greedy(model, [prompt], maxNewTokens: 20, endId: null, padId: 0)[0].Length);
    }

    /// <summary>[1, 24]: 15 tokens, 9 of padding behind or before them.</summary>
    private static Tensor Mask(bool behind)
    {
        var (text, padding) = (ones([1, 15], ScalarType.Bool), zeros([1, 9], ScalarType.Bool));
        return cat(behind ? [text, padding] : [padding, text], 1);
    }

    private LlamaModel Load(string name)
    {
        using var checkpoint = HuggingFaceCheckpoint.Open(_folder.Path);
        Assert.Equal(Variants[name].Shape, checkpoint.ReadDecoderShape());
        return LlamaModel.Load(checkpoint, Variants[name].Shape, ScalarType.Float32, CPU);
    }

    /// <summary>The folder of a variant: config.json, and weights of every kind, none of them zero or one.</summary>
    private Dictionary<string, Tensor> Write(string name, ScalarType dtype, int shards)
    {
        var (family, config, shape) = Variants[name];
        var json = new JsonObject
        {
            ["model_type"] = family,
            ["vocab_size"] = 50,
            ["hidden_size"] = 32,
            ["intermediate_size"] = 48,
            ["num_hidden_layers"] = 2,
            ["num_attention_heads"] = 4,
            ["num_key_value_heads"] = 2,
            ["max_position_embeddings"] = 64,
        };
        foreach (var (key, value) in JsonNode.Parse(config)!.AsObject()) json[key] = value?.DeepClone();
        System.IO.File.WriteAllText(_folder["config.json"], json.ToJsonString());

        using var noGradient = no_grad();
        using var random = TinyDecoder.Create(shape);
        using var generator = new Generator(3, CPU);
        var weights = random.Parameters.ToDictionary(
            parameter => parameter.Name, parameter => (parameter.Value + randn(parameter.Value.shape, generator: generator) * 0.1).to(dtype));
        foreach (var file in Directory.GetFiles(_folder.Path, "model*")) System.IO.File.Delete(file);
        if (shards == 1)
        {
            SafetensorsWriter.Write(_folder["model.safetensors"], weights);
            return weights;
        }
        var parts = weights.Chunk((weights.Count + shards - 1) / shards).ToArray();
        for (var part = 0; part < parts.Length; part++) SafetensorsWriter.Write(_folder[File(part)], parts[part]);
        TinyCheckpoint.WriteIndex(_folder, [.. parts.SelectMany((part, index) => part.Select(weight => (weight.Key, File(index))))]);
        return weights;

        string File(int part) => $"model-{part + 1:00000}-of-{shards:00000}.safetensors";
    }
}
