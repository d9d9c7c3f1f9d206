using NoraPipelines.Generation;
using NoraPipelines.Models.Llama;
using NoraPipelines.Tests.Data;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tokenization;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Generation;

public sealed class DecodingTests
{
    private static readonly int[][] Prompts = [[7, 3, 9, 12], [4], [1, 2, 3, 4, 5, 6, 7, 8, 9], [30, 31]];
    private static readonly TextTokenizer Tokenizer = TinyTokenizer.Instance;

    [Fact]
    public void Any_of_several_end_tokens_ends_a_row()
    {
        using var model = TextGeneratorTests.Create("plain", ScalarType.Float32);
        var free = TextGenerator.Greedy(model, Prompts, 20, null, 0);
        int[] ends = [free[0][4], free[1][2], free[2][7]];
        var expected = free.Select(tokens => tokens.TakeWhile(token => !ends.Contains(token)).ToArray()).ToArray();
        var found = TextGenerator.Generate(model, Prompts, new() { MaxNewTokens = 20, EndIds = ends });
        Assert.Equal(expected, found);
        Assert.True(found[0].Length <= 4 && found[1].Length <= 2 && found[2].Length <= 7);
    }

    [Fact]
    public void A_row_does_not_end_before_its_least_length()
    {
        using var model = TextGeneratorTests.Create("plain", ScalarType.Float32);
        var end = TextGenerator.Greedy(model, Prompts, 20, null, 0)[0][0];
        var options = new GenerationOptions { MaxNewTokens = 20, EndIds = [end] };
        Assert.Empty(TextGenerator.Generate(model, Prompts, options)[0]);
        var found = TextGenerator.Generate(model, Prompts, options with { Decoding = new Decoding { MinNewTokens = 7 } });
        Assert.All(found, tokens => Assert.InRange(tokens.Length, 7, 20));
        Assert.All(found, tokens => Assert.DoesNotContain(end, tokens));
    }

    [Fact]
    public void Tokens_are_told_as_they_come_and_a_stop_string_over_several_of_them_ends_a_row()
    {
        using var model = WithWords();
        int[][] prompts = [.. new[] { "hello", "world", "!!" }.Select(text => Tokenizer.Encode(text))];
        var free = TextGenerator.Greedy(model, prompts, 24, null, 0);
        var text = Tokenizer.Decode(free[1]);
        var stop = text[5..9];
        var told = prompts.Select(_ => new List<int>()).ToArray();
        var found = TextGenerator.Generate(model, prompts, new()
        {
            MaxNewTokens = 24,
            Decoding = new Decoding { StopStrings = ["never written", stop] },
            Tokenizer = Tokenizer,
            OnToken = (row, token) => told[row].Add(token),
        });
        Assert.Equal(found, told.Select(tokens => tokens.ToArray()));
        Assert.Equal(free[1][..found[1].Length], found[1]);
        Assert.True(found[1].Length < 24);
        Assert.Contains(stop, Tokenizer.Decode(found[1]));
        Assert.DoesNotContain(stop, Tokenizer.Decode(found[1][..^1]));
        Assert.Equal(text[..text.IndexOf(stop, StringComparison.Ordinal)], StopStringWatch.Cut(Tokenizer.Decode(found[1]), [stop]));
    }

    [Fact]
    public void Top_k_draws_from_the_k_most_probable_tokens_and_top_p_from_what_they_leave()
    {
        using var scope = NewDisposeScope();
        var rows = tensor(new[] { 0.15, 0.5, 0.05, 0.3 }).log().to(ScalarType.Float32).unsqueeze(0).expand(8000, 4);
        int[] streams = [.. Enumerable.Range(0, 8000)];

        double[] Shares(SamplingOptions options)
        {
            var chosen = TokenChoices.Sampling(options)(rows, streams, 0);
            return [.. Enumerable.Range(0, 4).Select(token => chosen.eq(token).sum().item<long>() / 8000.0)];
        }

        void Expect(SamplingOptions options, params double[] expected)
        {
            foreach (var (share, found) in expected.Zip(Shares(options))) Assert.Equal(share, found, 0.02);
        }

        Expect(new() { TopK = 2, Seed = 3 }, 0, 0.625, 0, 0.375);
        Expect(new() { TopK = 1 }, 0, 1, 0, 0);
        Expect(new() { TopK = 99, Seed = 4 }, 0.15, 0.5, 0.05, 0.3);
        // Of all, 0.5 and 0.3 make 0.6; of the best two alone, 0.625 does.
        Expect(new() { TopK = 2, TopP = 0.6 }, 0, 1, 0, 0);
        Expect(new() { TopP = 0.6, Seed = 5 }, 0, 0.625, 0, 0.375);
    }

    [Fact]
    public void What_excludes_itself_is_refused_with_both_sides()
    {
        using var model = TextGeneratorTests.Create("plain", ScalarType.Float32);
        string Refused(GenerationOptions options) => Assert.Throws<NoraException>(() => TextGenerator.Generate(model, Prompts, options)).Message;
        var ten = new GenerationOptions { MaxNewTokens = 10 };
        Assert.Contains("4 beams and sampling", Refused(ten with { Decoding = Decoding.BeamSearch() with { Sampling = new() } }));
        Assert.Contains("4 beams and stop strings", Refused(ten with { Decoding = Decoding.BeamSearch() with { StopStrings = ["x"] } }));
        Assert.Contains("without a tokenizer", Refused(ten with { Decoding = new Decoding { StopStrings = ["x"] } }));
        Assert.Contains("stop string is empty", Refused(ten with { Decoding = new Decoding { StopStrings = [""] } }));
        Assert.Contains("At least 11 and at most 10", Refused(ten with { Decoding = new Decoding { MinNewTokens = 11 } }));
        Assert.Contains("beams is 0", Refused(ten with { Decoding = new Decoding { Beams = 0 } }));
        Assert.Contains("top-k is 0", Refused(ten with { Decoding = Decoding.Sample(new() { TopK = 0 }) }));
        Assert.Contains("end token is 50", Refused(ten with { EndIds = [3, 50] }));
        Assert.Contains("cannot be filled", Refused(ten with { Decoding = Decoding.BeamSearch(60) }));
    }

    private static LlamaModel WithWords() => TinyDecoder.Create(TinyDecoder.Shape() with { VocabularySize = Tokenizer.VocabularySize });
}
