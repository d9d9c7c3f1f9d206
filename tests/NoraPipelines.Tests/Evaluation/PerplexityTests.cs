using NoraPipelines.Checkpoints;
using NoraPipelines.Data;
using NoraPipelines.Evaluation;
using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tests.Models.Llama;
using NoraPipelines.Tokenization;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Evaluation;

public sealed class PerplexityTests
{
    private static readonly TokenizedExample[] Examples =
    [
        .. from i in Enumerable.Range(0, 7)
           let ids = Enumerable.Range(0, 3 + i * 5 % 11).Select(t => (7 * i + 3 * t) % 50)
           select new TokenizedExample([.. ids], i % 3),
    ];

    [Fact]
    public void Loss_is_the_mean_over_all_labels_whatever_the_batch_and_the_padding()
    {
        using var model = TinyDecoder.Create();
        var expected = NaiveLoss(model);
        foreach (var (batch, padId) in new[] { (1, 0), (2, 0), (3, 49), (7, 1), (100, 5) })
        {
            var scores = Perplexity.Evaluate(model, Examples, batch, padId);
            Assert.Equal(expected, scores["loss"], 5e-6);
            Assert.Equal(Math.Exp(scores["loss"]), scores["perplexity"]);
            Assert.Equal("perplexity-v1", scores.Protocol);
        }
    }

    [Fact]
    public void Adapters_do_not_drop_out_while_they_are_scored_and_do_again_after()
    {
        using var model = TinyDecoder.Create();
        using var adapters = TinyAdapters.Nested(model, dropout: 0.5);
        var expected = Perplexity.Evaluate(model, Examples, 4, 0);
        adapters.Training = true;
        adapters.Items[3].Adapter.Training = false;
        Assert.Equal(expected, Perplexity.Evaluate(model, Examples, 4, 0));
        Assert.Equal(adapters.Items.Count - 1, adapters.Items.Count(item => item.Adapter.Training));
        Assert.False(adapters.Items[3].Adapter.Training);
        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void Progress_counts_examples_and_a_stop_ends_between_batches_with_all_restored()
    {
        using var model = TinyDecoder.Create();
        using var adapters = TinyAdapters.Nested(model, dropout: 0.5);
        adapters.Training = true;
        using var stop = new CancellationTokenSource();
        var seen = new List<EvaluationProgress>();
        Assert.Throws<OperationCanceledException>(() => Perplexity.Evaluate(model, Examples, 3, 0, progress =>
        {
            seen.Add(progress);
            if (progress.Done == 6) stop.Cancel();
        }, stop.Token));
        Assert.Equal([new("perplexity", 3, 7), new("perplexity", 6, 7)], seen);
        Assert.All(adapters.Items, item => Assert.True(item.Adapter.Training));
        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void A_loss_that_is_not_finite_names_the_examples()
    {
        using var model = TinyDecoder.Create();
        using (no_grad()) model.Layers[0].Mlp.DownProj.Weight.fill_(float.NaN);
        var message = Assert.Throws<NoraException>(() => Perplexity.Evaluate(model, Examples, 2, 0)).Message;
        Assert.Contains("is NaN on examples 0, 5", message);
    }

    [Fact]
    public void Nothing_to_predict_is_refused()
    {
        using var model = TinyDecoder.Create();
        Assert.Contains("nothing to predict", Assert.Throws<NoraException>(() => Perplexity.Evaluate(model, [], 2, 0)).Message);
        Assert.Contains("nothing to predict", Assert.Throws<NoraException>(() => Perplexity.Evaluate(model, [new([1], 0)], 2, 0)).Message);
    }

    [Fact]
    public void Evaluation_leaves_no_tensor()
    {
        using var model = TinyDecoder.Create();
        LiveTensors.AssertNoneIsLeft(times: 1, () => Perplexity.Evaluate(model, Examples, 3, 0));
    }

    // About 1.235 nats a token is what is known of this model on stories of the kind that the file begins with.
    [SharedFact("data/models/stories260k", "data/text/tinystories/sample.txt")]
    public void A_pretrained_model_predicts_stories_as_well_as_is_known_of_it()
    {
        using var checkpoint = HuggingFaceCheckpoint.Open(Shared.Path("data/models/stories260k"));
        using var model = LlamaModel.Load(checkpoint, checkpoint.ReadDecoderShape(), ScalarType.Float32, CPU);
        var tokenizer = TextTokenizer.Load(checkpoint.Folder);
        var sample = Shared.Path("data/text/tinystories/sample.txt");
        var stories = ExampleReader.Read(sample, new ColumnMap(), limit: 50, separator: "<|endoftext|>");
        // Trained with the begin token between stories, it never saw an end token: none is appended.
        var ids = stories.Select(story => tokenizer.Encode(story.Response).Take(model.Shape.MaxPositions));
        var examples = ids.Select(story => new TokenizedExample([.. story], 0)).ToArray();
        Assert.Equal(1.235, Perplexity.Evaluate(model, examples, 8, 0)["loss"], 0.01);
    }

    private static double NaiveLoss(LlamaModel model)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (sum, count) = (0.0, 0);
        foreach (var example in Examples)
        {
            var ids = tensor(example.Ids.Select(id => (long)id).ToArray()).unsqueeze(0); // [1, tokens]
            var logs = nn.functional.log_softmax(model.Logits(model.Hidden(ids)).to(ScalarType.Float64), -1); // [1, tokens, vocabulary]
            for (var t = Math.Max(example.LabelStart, 1); t < example.Ids.Length; t++)
            {
                sum -= logs[0, t - 1, example.Ids[t]].item<double>();
                count++;
            }
        }
        return sum / count;
    }
}
