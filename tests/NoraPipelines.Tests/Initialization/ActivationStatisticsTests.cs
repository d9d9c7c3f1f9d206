using NoraPipelines.Data;
using NoraPipelines.Initialization;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Llama;
using NoraPipelines.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Initialization;

public sealed class ActivationStatisticsTests
{
    [Fact]
    public void Padding_and_batching_do_not_change_the_means()
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create();
        var samples = Samples(7);
        using var alone = Collect(model, samples, batch: 1);
        using var together = Collect(model, samples, batch: 4);
        Assert.Equal(samples.Sum(sample => sample.Ids.Length), alone.Tokens);
        Assert.Equal(alone.Tokens, together.Tokens);
        foreach (var projection in model.Projections)
        {
            Near.Check(alone.MeanAbs(projection), together.MeanAbs(projection), 0, 1e-5, projection.Path);
            Near.Check(alone.Rms(projection), together.Rms(projection), 0, 1e-5, projection.Path);
            Near.Check(alone.SecondMoment(projection), together.SecondMoment(projection), 1e-5, 1e-5, projection.Path);
        }
    }

    [Fact]
    public void The_first_layers_inputs_are_those_of_the_model()
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create();
        var samples = Samples(3);
        var q = model.Layers[0].SelfAttention.QProj;
        var seen = new List<Tensor>();
        q.Observer = x => seen.Add(x.detach().reshape(-1, q.InFeatures).to(float64).clone().DetachFromDisposeScope());
        foreach (var sample in samples) model.Hidden(tensor(sample.Ids.Select(id => (long)id).ToArray()).unsqueeze(0));
        var all = cat(seen);
        seen.ForEach(x => x.Dispose());
        using var statistics = Collect(model, samples, batch: 2);
        Near.Check(all.abs().mean([0]), statistics.MeanAbs(q), 0, 1e-5, "mean |x|");
        Assert.NotNull(q.Observer);
    }

    [Fact]
    public void Projections_that_share_an_input_share_its_statistics()
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create();
        var observed = 0;
        using (var observer = new ActivationObserver(model.Projections, [.. model.Projections], covariance: false))
        {
            model.Hidden(TinyDecoder.Ids(1, 6));
            observed = observer.Inputs.Values.Distinct().Count();
            foreach (var input in observer.Inputs.Values.Distinct())
            {
                Assert.Equal(6, input.Tokens);
                input.Dispose();
            }
            Assert.Equal(14, observer.Inputs.Count);
        }
        Assert.Equal(8, observed); // for each of two layers: q k v, o, gate up, down
    }

    [Fact]
    public void Adapters_and_their_dropout_are_off_while_the_base_model_is_observed_and_back_afterwards()
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create();
        using var plain = Collect(model, Samples(4), batch: 4);
        using var adapters = new AdapterSet();
        foreach (var projection in model.Projections)
        {
            var adapter = new LoraAdapter(projection.OutFeatures, projection.InFeatures, 4, 4, 0.5, CPU);
            adapter.SetFactors(ones(projection.OutFeatures, 4), ones(4, projection.InFeatures));
            adapters.Add(projection, adapter);
        }
        adapters.Training = true;
        using var adapted = Collect(model, Samples(4), batch: 4);
        foreach (var (projection, adapter) in adapters.Items)
        {
            Assert.Same(adapter, projection.Adapter);
            Assert.Null(projection.Observer);
            Near.Check(plain.MeanAbs(projection), adapted.MeanAbs(projection), 0, 0, projection.Path);
        }
        Assert.True(adapters.Training);
    }

    [Fact]
    public void Held_out_tokens_come_from_examples_that_are_in_no_mean_and_are_bounded()
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create();
        var samples = Samples(17);
        using var statistics = Collect(model, samples, batch: 4, heldOut: 9);
        using var withoutLast = Collect(model, [.. samples.Take(15)], batch: 4);
        Assert.Equal(samples.Take(15).Sum(sample => sample.Ids.Length), statistics.Tokens);
        foreach (var projection in model.Projections)
        {
            Assert.Equal([9L, projection.InFeatures], statistics.HeldOut(projection).shape);
            Near.Check(withoutLast.MeanAbs(projection), statistics.MeanAbs(projection), 0, 1e-5, projection.Path);
        }
        using var all = Collect(model, samples, batch: 4, heldOut: 1000);
        Assert.Equal(samples.Skip(15).Sum(sample => sample.Ids.Length), all.HeldOut(model.Projections.First()).shape[0]);
    }

    [Fact]
    public void The_same_seed_holds_out_the_same_tokens()
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create();
        var q = model.Projections.First();
        using var first = Collect(model, Samples(17), batch: 4, heldOut: 5);
        using var second = Collect(model, Samples(17), batch: 2, heldOut: 5);
        Near.Check(first.HeldOut(q), second.HeldOut(q), 1e-5, 1e-5, "held out");
    }

    [Fact]
    public void Only_targets_are_observed()
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create();
        LinearProjection[] targets = [.. model.Projections.Where(projection => projection.Name is "q_proj" or "v_proj")];
        using var statistics = ActivationStatistics.Collect(
            model, targets, new TextCalibration(model, Samples(2), padId: 0).Passes(2, batch: 2, heldOutRows: 0, seed: 0), covariance: false);
        Assert.Equal([32L], statistics.MeanAbs(targets[1]).shape);
        var error = Assert.Throws<NoraException>(() => statistics.MeanAbs(model.Layers[0].SelfAttention.OProj));
        Assert.StartsWith("model.layers.0.self_attn.o_proj:", error.Message);
        Assert.Throws<NoraException>(() => statistics.SecondMoment(targets[0]));
        Assert.Throws<NoraException>(() => statistics.HeldOut(targets[0]));
    }

    [Fact]
    public void A_model_that_overflows_is_refused_and_left_as_it_was()
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create();
        using (no_grad()) model.Layers[0].Mlp.UpProj.Weight.fill_(float.PositiveInfinity);
        var error = Assert.Throws<NoraException>(() => Collect(model, Samples(3), batch: 2));
        Assert.Contains("model.layers.0.mlp.down_proj: inputs on the calibration examples are NaN or infinite", error.Message);
        Assert.All(model.Projections, projection => Assert.Null(projection.Observer));
    }

    [Theory]
    [InlineData(0, 0, "at least 1")]
    [InlineData(1, 16, "at least 2")]
    public void Too_few_examples_are_refused_with_the_number_needed(int count, int heldOut, string expected)
    {
        using var model = TinyDecoder.Create();
        Assert.Contains(expected, Assert.Throws<NoraException>(() => Collect(model, Samples(count), 2, heldOut)).Message);
    }

    [Fact]
    public void Progress_counts_to_all_examples_and_no_tensor_stays_behind()
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create();
        var samples = Samples(17);
        using (Collect(model, samples, 4, 9)) { }
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var calls = new List<int>();
        using (ActivationStatistics.Collect(
            model, model.Projections, new TextCalibration(model, samples, padId: 0).Passes(samples.Length, 4, 9, seed: 0), true, progress: (done, all) =>
        {
            Assert.Equal(17, all);
            calls.Add(done);
        }))
        {
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(calls.Order(), calls);
        Assert.Equal(17, calls[^1]);
    }

    internal static TokenizedExample[] Samples(int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(index =>
            new TokenizedExample([.. Enumerable.Range(0, 5 + index % 9).Select(_ => random.Next(1, 50))], 0))];
    }

    private static ActivationStatistics Collect(LlamaModel model, TokenizedExample[] samples, int batch, int heldOut = 0) =>
        ActivationStatistics.Collect(
            model, model.Projections, new TextCalibration(model, samples, padId: 0).Passes(samples.Length, batch, heldOut, seed: 1), covariance: true);
}
