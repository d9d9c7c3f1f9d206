using NoraPipelines.Generation;
using NoraPipelines.Methods;
using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Llama;

/// <summary>What families add to Llama (biases, head norms, windows), against plain loops in float64.</summary>
public sealed class FamilyTests
{
    private static readonly Dictionary<string, DecoderShape> Shapes = new()
    {
        ["qwen2"] = TinyDecoder.Shape() with { Architecture = Architecture.Qwen2, AttentionBias = AttentionBias.QueryKeyValue, RopeTheta = 1e6 },
        ["qwen3"] = TinyDecoder.Shape() with { Architecture = Architecture.Qwen3, HeadNorms = true, HeadSize = 16, NormEpsilon = 1e-6 },
        ["llama with biases"] = TinyDecoder.Shape() with { AttentionBias = AttentionBias.All, FeedForwardBias = true },
        ["llama with linear positions"] = TinyDecoder.Shape() with { RopeScaling = new RopeScaling.Linear(2.5) },
        ["mistral"] = TinyDecoder.Shape() with { Architecture = Architecture.Mistral, SlidingWindow = 5 },
        ["qwen2 with a window of one layer"] = TinyDecoder.Shape() with
        {
            Architecture = Architecture.Qwen2,
            AttentionBias = AttentionBias.QueryKeyValue,
            SlidingWindow = 4,
            FullAttentionLayers = EquatableArray.Of(0),
        },
        ["qwen3 with a window"] = TinyDecoder.Shape() with { Architecture = Architecture.Qwen3, HeadNorms = true, SlidingWindow = 3 },
    };

    public static TheoryData<string> Families => [.. Shapes.Keys];

    [Theory]
    [MemberData(nameof(Families))]
    public void Logits_agree_with_plain_loops(string family)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = Create(family);
        var ids = TinyDecoder.Ids(1, 24);
        var expected = new PlainDecoder(model).Logits(GoldenDecoderTests.Ids(ids[0]));
        Near.Check(Of(expected), model.Logits(model.Hidden(ids))[0], 2e-5, 1e-4, "logits");
    }

    [Theory]
    [InlineData("qwen2", "model.layers.0.self_attn.k_proj.bias")]
    [InlineData("qwen2", "model.layers.1.self_attn.v_proj.bias")]
    [InlineData("qwen3", "model.layers.0.self_attn.q_norm.weight")]
    [InlineData("qwen3", "model.layers.1.self_attn.k_norm.weight")]
    [InlineData("llama with biases", "model.layers.0.self_attn.o_proj.bias")]
    [InlineData("llama with biases", "model.layers.1.mlp.gate_proj.bias")]
    public void Gradients_of_what_a_family_adds_agree_with_differences_of_plain_loops(string family, string name)
    {
        using var scope = NewDisposeScope();
        using var model = Create(family);
        var parameter = model.TrainAllParameters().Single(parameter => parameter.Name == name).Value;
        var ids = TinyDecoder.Ids(1, 10);
        CausalLoss.Sum(model, ids, ids).backward();

        var plain = new PlainDecoder(model);
        var numbers = GoldenDecoderTests.Ids(ids[0]);
        const double Step = 1e-5;
        var expected = Enumerable.Range(0, (int)parameter.numel()).Select(index =>
        {
            plain.Nudge(name, index, Step);
            var above = plain.Loss(numbers);
            plain.Nudge(name, index, -2 * Step);
            var below = plain.Loss(numbers);
            plain.Nudge(name, index, Step);
            return (above - below) / (2 * Step);
        }).ToArray();
        Near.Check(tensor(expected, float64), parameter.grad!, 2e-4, 1e-3, name);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Recomputation_gives_the_same_gradients(string family)
    {
        using var scope = NewDisposeScope();
        using var model = Create(family);
        var parameters = model.TrainAllParameters();
        var ids = TinyDecoder.Ids(2, 12);
        CausalLoss.Sum(model, ids, ids).backward();
        var kept = parameters.Select(parameter => parameter.Value.grad!.clone()).ToArray();
        foreach (var parameter in parameters) parameter.Value.grad!.zero_();

        model.GradientCheckpointing = true;
        CausalLoss.Sum(model, ids, ids).backward();
        for (var i = 0; i < kept.Length; i++) Near.Check(kept[i], parameters[i].Value.grad!, 1e-6, 1e-5, parameters[i].Name);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_continuation_from_the_cache_far_beyond_the_window_is_that_of_whole_texts(string family)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = Create(family);
        // Of unlike lengths, so that rows are padded on the left, one longer than the window and one shorter.
        int[][] prompts = [GoldenDecoderTests.Ids(TinyDecoder.Ids(1, 11)[0]), GoldenDecoderTests.Ids(TinyDecoder.Ids(1, 2, seed: 9)[0])];
        var found = TextGenerator.Greedy(model, prompts, maxNewTokens: 20, endId: null, padId: 0);

        var plain = new PlainDecoder(model);
        for (var row = 0; row < prompts.Length; row++)
        {
            int[] text = [.. prompts[row], .. found[row]];
            var logits = plain.Logits(text);
            for (var t = prompts[row].Length; t < text.Length; t++)
                Assert.Equal(Array.IndexOf(logits[t - 1], logits[t - 1].Max()), text[t]);
        }
    }

    private static LlamaModel Create(string family)
    {
        var model = TinyDecoder.Create(Shapes[family]);
        using var noGradient = no_grad();
        using var generator = new Generator(3, CPU);
        // Zeros and ones would hide a bias or a norm that is not used.
        foreach (var (_, value) in model.Parameters.Where(parameter => parameter.Value.dim() == 1))
            value.add_(randn(value.shape, generator: generator).mul_(0.3));
        return model;
    }

    private static Tensor Of(double[][] rows) => tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length]);
}
