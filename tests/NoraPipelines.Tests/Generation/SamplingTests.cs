using NoraPipelines.Generation;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Generation;

public sealed class SamplingTests
{
    private static readonly int[][] Prompts = [[7, 3, 9, 12], [4], [30, 31]];

    [Fact]
    public void One_seed_gives_one_text_and_another_gives_others()
    {
        using var model = TextGeneratorTests.Create("plain", ScalarType.Float32);
        IReadOnlyList<int[]> Draw(long seed) => TextGenerator.Sample(model, Prompts, 16, null, 0, new SamplingOptions { Seed = seed });
        Assert.Equal(Draw(1), Draw(1));
        Assert.NotEqual(Draw(1), Draw(2));
        Assert.NotEqual(Draw(1)[0], TextGenerator.Greedy(model, Prompts, 16, null, 0)[0]);
    }

    [Fact]
    public void A_cold_or_narrow_draw_is_the_greedy_choice()
    {
        using var model = TextGeneratorTests.Create("plain", ScalarType.Float32);
        var greedy = TextGenerator.Greedy(model, Prompts, 16, null, 0);
        Assert.Equal(greedy, TextGenerator.Sample(model, Prompts, 16, null, 0, new SamplingOptions { Temperature = 1e-4 }));
        Assert.Equal(greedy, TextGenerator.Sample(model, Prompts, 16, null, 0, new SamplingOptions { TopP = 1e-6 }));
    }

    [Fact]
    public void Frequencies_follow_temperature_and_the_kept_tokens()
    {
        using var scope = NewDisposeScope();
        // Probabilities 0.5, 0.3, 0.15, 0.05 after the temperature of 2; top-p 0.7 keeps the first two.
        var logits = tensor(new[] { 0.15, 0.5, 0.05, 0.3 }).log() * 2;
        var rows = logits.to(ScalarType.Float32).unsqueeze(0).expand(8000, 4);
        int[] streams = [.. Enumerable.Range(0, 8000)];

        double[] Shares(double topP)
        {
            var choose = TokenChoices.Sampling(new SamplingOptions { Temperature = 2, TopP = topP, Seed = 5 });
            var chosen = choose(rows, streams, 0);
            return [.. Enumerable.Range(0, 4).Select(token => chosen.eq(token).sum().item<long>() / 8000.0)];
        }

        foreach (var (expected, found) in new[] { 0.15, 0.5, 0.05, 0.3 }.Zip(Shares(1))) Assert.Equal(expected, found, 0.02);
        foreach (var (expected, found) in new[] { 0, 0.625, 0, 0.375 }.Zip(Shares(0.7))) Assert.Equal(expected, found, 0.02);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1.5)]
    public void Options_outside_their_range_are_refused(double temperature, double topP)
    {
        using var model = TextGeneratorTests.Create("plain", ScalarType.Float32);
        var options = new SamplingOptions { Temperature = temperature, TopP = topP };
        Assert.Throws<NoraException>(() => TextGenerator.Sample(model, Prompts, 4, null, 0, options));
    }
}
