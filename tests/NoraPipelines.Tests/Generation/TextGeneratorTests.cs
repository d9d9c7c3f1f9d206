using NoraPipelines.Generation;
using NoraPipelines.Models.Llama;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tests.Models.Llama;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Generation;

public sealed class TextGeneratorTests
{
    private static readonly int[][] Prompts = [[7, 3, 9, 12], [4], [1, 2, 3, 4, 5, 6, 7, 8, 9], [30, 31]];

    public static TheoryData<string, ScalarType> Variants => new()
    {
        { "plain", ScalarType.Float32 },
        { "window", ScalarType.Float32 },
        { "plain", ScalarType.BFloat16 },
        { "gemma", ScalarType.Float32 },
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_batch_with_a_cache_gives_what_each_prompt_gives_alone_without_one(string variant, ScalarType dtype)
    {
        using var model = Create(variant, dtype);
        using var adapters = TinyAdapters.Nested(model);
        var found = TextGenerator.Greedy(model, Prompts, maxNewTokens: 20, endId: null, padId: 0);

        for (var row = 0; row < Prompts.Length; row++)
        {
            Assert.Equal(20, found[row].Length);
            AssertGreedy(model, Prompts[row], found[row], dtype);
        }
    }

    [Fact]
    public void Rows_end_at_the_end_token_and_the_others_go_on()
    {
        using var model = Create("plain", ScalarType.Float32);
        var free = TextGenerator.Greedy(model, Prompts, maxNewTokens: 20, endId: null, padId: 0);
        // The end token is one that comes early in one row, later or never in others.
        var end = free[0][2];
        var expected = free.Select(tokens => tokens.TakeWhile(token => token != end).ToArray()).ToArray();
        Assert.True(expected.Select(tokens => tokens.Length).Distinct().Count() > 1);

        Assert.Equal(expected, TextGenerator.Greedy(model, Prompts, maxNewTokens: 20, endId: end, padId: 0));
    }

    [Fact]
    public void Padding_id_and_row_order_do_not_matter()
    {
        using var model = Create("plain", ScalarType.Float32);
        var found = TextGenerator.Greedy(model, Prompts, maxNewTokens: 10, endId: null, padId: 0);
        var reversed = TextGenerator.Greedy(model, [.. Prompts.Reverse()], maxNewTokens: 10, endId: null, padId: 13);
        Assert.Equal(found, reversed.Reverse());
    }

    [Fact]
    public void The_last_position_can_be_reached_and_none_beyond_it()
    {
        using var model = Create("plain", ScalarType.Float32);
        Assert.Equal(61, TextGenerator.Greedy(model, [[1, 2, 3]], maxNewTokens: 61, endId: null, padId: 0)[0].Length);
        var error = Assert.Throws<NoraException>(() => TextGenerator.Greedy(model, [[1], [1, 2, 3]], maxNewTokens: 62, null, 0));
        Assert.Contains("Prompt 2 has 3 tokens", error.Message);
        Assert.Contains("at most 61", error.Message);
    }

    [Fact]
    public void Prompts_that_no_model_can_continue_are_refused()
    {
        using var model = Create("plain", ScalarType.Float32);
        Assert.Contains("no tokens", Assert.Throws<NoraException>(() => TextGenerator.Greedy(model, [[1], []], 3, null, 0)).Message);
        Assert.Contains("token 50", Assert.Throws<NoraException>(() => TextGenerator.Greedy(model, [[50]], 3, null, 0)).Message);
        Assert.Contains("negative", Assert.Throws<NoraException>(() => TextGenerator.Greedy(model, [[5]], -1, null, 0)).Message);
        Assert.Empty(TextGenerator.Greedy(model, [], 3, null, 0));
        Assert.Empty(TextGenerator.Greedy(model, [[1]], 0, null, 0)[0]);
    }

    [Fact]
    public void Generation_leaves_no_tensor_behind()
    {
        using var model = Create("plain", ScalarType.Float32);
        LiveTensors.AssertNoneIsLeft(times: 1, () =>
        {
            TextGenerator.Greedy(model, Prompts, maxNewTokens: 10, endId: 5, padId: 0);
            TextGenerator.Sample(model, Prompts, maxNewTokens: 10, endId: 5, padId: 0, new SamplingOptions());
        });
    }

    internal static LlamaModel Create(string variant, ScalarType dtype) => TinyDecoder.Create(
        variant switch
        {
            "window" => TinyDecoder.Shape() with { SlidingWindow = 5 },
            "gemma" => TinyDecoder.Shape() with
            {
                NormAddsOne = true,
                ScaledEmbeddings = true,
                TiedEmbeddings = true,
                Activation = NoraPipelines.Plans.GateActivation.GeluTanh,
                KeyValueHeadCount = 1,
                HeadSize = 12,
            },
            _ => TinyDecoder.Shape(),
        },
        dtype);

    /// <summary>Each token is the best after all before it; in bfloat16, where the order of sums may tip a tie, nearly so.</summary>
    private static void AssertGreedy(LlamaModel model, int[] prompt, int[] continuation, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        long[] all = [.. prompt.Concat(continuation).Select(id => (long)id)];
        var logits = model.Logits(model.Hidden(tensor(all).unsqueeze(0)))[0].to(ScalarType.Float32); // [tokens, vocabulary]
        for (var i = 0; i < continuation.Length; i++)
        {
            var row = logits[prompt.Length + i - 1];
            if (dtype == ScalarType.Float32) Assert.Equal(row.argmax().item<long>(), continuation[i]);
            else Assert.InRange((row.max() - row[continuation[i]]).item<float>(), 0, 0.02f * row.abs().max().item<float>());
        }
    }
}
