using NoraPipelines.Generation;
using NoraPipelines.Models.Llama;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Generation;

public sealed class BeamSearchTests
{
    private static readonly int[][] Prompts = [[7, 3, 9, 12], [4], [1, 2, 3, 4, 5, 6, 7, 8, 9], [30, 31], [49, 2, 2]];

    [Theory]
    [InlineData(4, 1.0, 0, false)]
    [InlineData(4, 1.0, 0, true)]
    [InlineData(2, 1.0, 5, false)]
    [InlineData(4, -0.5, 0, false)]
    [InlineData(3, 2.0, 3, false)]
    [InlineData(8, 0.0, 0, false)]
    public void A_batch_of_beams_finds_what_the_definition_finds_for_each_prompt_alone(int beams, double penalty, int atLeast, bool early)
    {
        using var model = TextGeneratorTests.Create("plain", ScalarType.Float32);
        // Ends that are probable, so that texts finish at different times; some prompts never finish.
        int[] ends = [.. Likely(model).Take(3)];
        var decoding = Decoding.BeamSearch(beams, penalty) with { MinNewTokens = atLeast, EarlyStopping = early };
        var found = Search(model, Prompts, decoding, 9, ends);

        var lengths = new HashSet<int>();
        foreach (var (prompt, hypothesis) in Prompts.Zip(found))
        {
            var (tokens, score) = SlowBeams.Search(model, prompt, beams, penalty, 9, atLeast, early, ends);
            Assert.Equal(tokens, hypothesis.Tokens);
            Assert.Equal(score, hypothesis.Score, 1e-4);
            lengths.Add(tokens.Length);
        }
        Assert.True(penalty is 2 or -0.5 || lengths.Count > 1, "every text has the same length, so nothing finished early");
    }

    [Theory]
    [InlineData("window")]
    [InlineData("gemma")]
    public void Beams_change_rows_without_mixing_their_pasts(string variant)
    {
        using var model = TextGeneratorTests.Create(variant, ScalarType.Float32);
        var found = Search(model, Prompts, Decoding.BeamSearch(), 12, []);
        foreach (var (prompt, hypothesis) in Prompts.Zip(found))
            Assert.Equal(SlowBeams.Search(model, prompt, 4, 1, 12, 0, early: false).Tokens, hypothesis.Tokens);
    }

    [Fact]
    public void Beams_find_a_text_that_is_at_least_as_probable_as_the_greedy_one()
    {
        using var model = TextGeneratorTests.Create("plain", ScalarType.Float32);
        var greedy = TextGenerator.Greedy(model, Prompts, 12, null, 0);
        var beams = Search(model, Prompts, Decoding.BeamSearch(8), 12, []);
        var better = 0;
        for (var row = 0; row < Prompts.Length; row++)
        {
            var alone = SlowBeams.Search(model, Prompts[row], 1, 1, 12, 0, early: false);
            Assert.Equal(greedy[row], alone.Tokens);
            Assert.True(beams[row].Score >= alone.Score - 1e-6);
            if (beams[row].Score > alone.Score + 1e-6) better++;
        }
        Assert.True(better > 0);
    }

    [Fact]
    public void No_tensor_is_left_behind_and_a_stop_is_heeded()
    {
        using var model = TextGeneratorTests.Create("plain", ScalarType.Float32);
        var options = new GenerationOptions { MaxNewTokens = 6, Decoding = Decoding.BeamSearch(), EndIds = [5] };
        LiveTensors.AssertNoneIsLeft(times: 1, () =>
        {
            TextGenerator.Generate(model, Prompts, options);
            Assert.Throws<OperationCanceledException>(() =>
                TextGenerator.Generate(model, Prompts, options with { Stop = new CancellationToken(canceled: true) }));
        });
    }

    private static Hypothesis[] Search(LlamaModel model, int[][] prompts, Decoding decoding, int maxNewTokens, int[] ends)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var rows = new GeneratingRows(model, prompts, maxNewTokens, padId: 0);
        return BeamSearch.Run(rows, prompts.Length, new GenerationOptions { MaxNewTokens = maxNewTokens, Decoding = decoding, EndIds = ends });
    }

    private static IEnumerable<int> Likely(LlamaModel model) =>
        from tokens in TextGenerator.Greedy(model, Prompts, 12, null, 0)
        from token in tokens.Skip(3)
        group token by token into same
        orderby same.Count() descending, same.Key
        select same.Key;
}
