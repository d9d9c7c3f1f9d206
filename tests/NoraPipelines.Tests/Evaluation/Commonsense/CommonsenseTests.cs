using System.Text.Json;
using NoraPipelines.Data;
using NoraPipelines.Evaluation;
using NoraPipelines.Generation;
using NoraPipelines.Models.Llama;
using NoraPipelines.Tests.Data;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tokenization;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Evaluation;

public sealed class CommonsenseTests : IDisposable
{
    private static readonly TextTokenizer Tokenizer = TinyTokenizer.Instance;
    private static readonly Example[] Rows =
    [
        .. Enumerable.Range(0, 6).Select(i => new Example($"Is {new string('!', i)} so? Answer format: true/false", i % 2 == 0 ? "true" : "false")
        {
            Input = i == 3 ? "See" : "",
        }),
    ];

    private readonly WrittenFiles _files = new();
    private readonly LlamaModel _model =
        TinyDecoder.Create(TinyDecoder.Shape() with { VocabularySize = Tokenizer.VocabularySize, MaxPositions = 512 });

    public void Dispose()
    {
        _model.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void The_model_writes_with_beams_within_the_training_frame()
    {
        var path = Path.Combine(_files.Folder, "predictions.jsonl");
        var scores = Commonsense.Boolq.Evaluate(_model, Tokenizer, Template.Alpaca, Rows, batch: 4, maxNewTokens: 5, path);
        Assert.Equal(("commonsense-v1", 0.0), (scores.Protocol, scores["accuracy"]));
        var lines = File.ReadAllLines(path).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(Rows.Length, lines.Length);
        Assert.All(lines, line => Assert.EndsWith("### Response:\n", line.GetProperty("prompt").GetString()));
        Assert.Contains("### Input:\nSee\n", lines[3].GetProperty("prompt").GetString());
        Assert.Equal(["true", "false", "true"], lines.Take(3).Select(line => line.GetProperty("gold").GetString()));
        foreach (var line in lines)
        {
            var prompt = EncodedPrompt.Of(Tokenizer, line.GetProperty("prompt").GetString()!);
            var alone = TextGenerator.Generate(_model, [prompt], new()
            {
                MaxNewTokens = 5,
                Decoding = Decoding.BeamSearch(4),
                EndIds = Tokenizer.EndIds,
            })[0];
            Assert.Equal(Tokenizer.Decode(alone), line.GetProperty("output").GetString());
        }
    }

    [Fact]
    public void A_variant_has_a_name_of_its_own()
    {
        string Name(Decoding? decoding) =>
            Commonsense.Boolq.Evaluate(_model, Tokenizer, Template.Alpaca, Rows[..1], 1, 2, decoding: decoding).Protocol;
        Assert.Equal("commonsense-v1", Name(null));
        Assert.Equal("commonsense-v1", Name(Decoding.BeamSearch(4)));
        Assert.Equal("commonsense-greedy-v1", Name(Decoding.Greedy));
        Assert.Equal("commonsense-v1 (2 beams, length penalty 0.5)", Name(Decoding.BeamSearch(2, 0.5)));
        Assert.Equal("commonsense-v1 (sampled, temperature 0.7, top-k 5, top-p 0.9, seed 3)",
            Name(Decoding.Sample(new() { Temperature = 0.7, TopK = 5, TopP = 0.9, Seed = 3 })));
        Assert.Equal("commonsense-v1 (greedy, at least 1 tokens, up to \"x\")", Name(new() { MinNewTokens = 1, StopStrings = ["x"] }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Likelihood_takes_the_option_of_the_highest_log_probability(int batch)
    {
        var path = Path.Combine(_files.Folder, "predictions.jsonl");
        var scores = Commonsense.Boolq.Likelihood(_model, Tokenizer, Template.Alpaca, Rows, batch, path);
        Assert.Equal("commonsense-likelihood-v1", scores.Protocol);
        var lines = File.ReadAllLines(path).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var right = 0;
        for (var row = 0; row < Rows.Length; row++)
        {
            var (yes, no) = (LogProbability(Rows[row], "true"), LogProbability(Rows[row], "false"));
            var expected = yes >= no ? "true" : "false";
            Assert.Equal(expected, lines[row].GetProperty("extraction").GetString());
            var told = lines[row].GetProperty("output").GetString()!.Split(", ").Select(text => double.Parse(text.Split(' ')[1]));
            foreach (var (wanted, found) in new[] { yes, no }.Zip(told)) Assert.Equal(wanted, found, 2e-3);
            if (expected == Rows[row].Response) right++;
        }
        Assert.Equal(right / (double)Rows.Length, scores["accuracy"], 1e-9);
    }

    [Fact]
    public void A_row_of_another_set_is_refused_by_its_item()
    {
        var message = Assert.Throws<DataException>(() => Commonsense.Piqa.Evaluate(
            _model, Tokenizer, Template.Alpaca, [new("a", "solution1"), new("b", "true")], 1)).Message;
        Assert.Contains("commonsense/piqa: the answer of item 2 is \"true\"; expected one of solution1, solution2", message);
    }

    /// <summary>Of all tokens from the first in which "true" and "false" differ, by a pass of its own.</summary>
    private double LogProbability(Example row, string option)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var prompt = Template.Alpaca.TrainingPrompt(row) + "the correct answer is ";
        var ids = EncodedPrompt.Of(Tokenizer, prompt + option);
        var other = EncodedPrompt.Of(Tokenizer, prompt + (option == "true" ? "false" : "true"));
        var shared = ids.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count();
        var logs = _model.Logits(_model.Hidden(tensor(ids.Select(id => (long)id).ToArray()).unsqueeze(0))[0]).log_softmax(-1);
        return Enumerable.Range(shared, ids.Length - shared).Sum(at => (double)logs[at - 1, ids[at]].item<float>());
    }
}
