using System.Text.Json;
using NoraPipelines.Initialization;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Initialization;
using NoraPipelines.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Methods;

public sealed class NoraStartTests : IDisposable
{
    private static readonly NoraPlan Plan = new() { OuterRank = 8, InnerRank = 3, Alpha = 8, Svd = SvdKind.Exact };
    private static readonly CalibrationPlan Calibration = new();

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly LlamaModel _model = TinyDecoder.Create();

    [Theory]
    [InlineData(OuterInitialization.AwSvd, ScalingKind.Diagonal)]
    [InlineData(OuterInitialization.AwSvd, ScalingKind.Covariance)]
    [InlineData(OuterInitialization.Svd, ScalingKind.Diagonal)]
    public void The_outer_pair_is_the_one_that_was_asked_for(OuterInitialization outer, ScalingKind scaling)
    {
        using var statistics = Statistics();
        using var adapters = Adapt(Plan);
        var calibration = Calibration with { Scaling = scaling, Statistic = ActivationStatistic.Rms };
        NoraStart.Initialise(adapters, Plan with { OuterInit = outer }, calibration, statistics, seed: 1);
        foreach (var (projection, adapter) in adapters.Items)
        {
            var own = (NoraAdapter)adapter;
            var expected = outer == OuterInitialization.Svd ? AwSvd.Factor(projection.Weight, null, 8, SigmaSide.B, SvdOptions.Exact)
                : scaling == ScalingKind.Covariance
                    ? AwSvd.FactorByCovariance(projection.Weight, statistics.SecondMoment(projection), 8, SigmaSide.B, SvdOptions.Exact)
                    : AwSvd.Factor(projection.Weight, statistics.Rms(projection).sqrt(), 8, SigmaSide.B, SvdOptions.Exact);
            Near.Check(expected.B.matmul(expected.A), own.OuterB.matmul(own.OuterA), 1e-5, 1e-4, projection.Path);
        }
    }

    [Fact]
    public void A_random_outer_pair_has_the_norm_of_the_weight_and_an_error_near_the_square_root_of_two()
    {
        using var statistics = Statistics();
        using var adapters = Adapt(Plan);
        var plan = Plan with { OuterInit = OuterInitialization.Random };
        var report = NoraStart.Initialise(adapters, plan, Calibration, statistics, seed: 1);
        var ratios = adapters.Items.Select(item =>
        {
            var own = (NoraAdapter)item.Adapter;
            return (own.OuterB.matmul(own.OuterA).norm() / item.Projection.Weight.norm()).item<float>();
        });
        Assert.Equal(1.0, ratios.Average(), 0.1);
        Assert.InRange(report.MeanErrors!.Random, 1.2, 1.6);
    }

    [Fact]
    public void The_report_has_the_four_errors_of_every_projection_and_their_means()
    {
        using var statistics = Statistics();
        using var adapters = Adapt(Plan);
        var report = NoraStart.Initialise(adapters, Plan, Calibration, statistics, seed: 1);
        Assert.Equal(adapters.Items.Select(item => item.Projection.Path), report.Projections.Select(projection => projection.Projection));
        foreach (var (path, _, _, errors) in report.Projections)
        {
            Assert.True(errors!.Svd < errors.Random, path);
            Assert.True(errors.AwSvd < errors.Random, path);
            Assert.True(errors.Covariance < errors.Random, path);
        }
        var mean = report.MeanErrors!;
        Assert.Equal(report.Projections.Average(projection => projection.Errors!.AwSvd), mean.AwSvd, 1e-12);

        var q = adapters.Items[0];
        var own = (NoraAdapter)q.Adapter;
        var factors = new OuterFactors(own.OuterB, own.OuterA);
        var error = OutputError.Relative(statistics.HeldOut(q.Projection), q.Projection.Weight, factors);
        Assert.Equal(error, report.Projections[0].Errors!.AwSvd, 1e-6);
    }

    [Fact]
    public void The_report_survives_json()
    {
        using var statistics = Statistics();
        using var adapters = Adapt(Plan);
        var report = NoraStart.Initialise(adapters, Plan with { InnerStd = 1.0 }, Calibration, statistics, seed: 1);
        var read = JsonSerializer.Deserialize<InitializationReport>(JsonSerializer.Serialize(report))!;
        Assert.Equal(report.Projections, read.Projections);
        Assert.Equal(report.MeanErrors, read.MeanErrors);
        Assert.Equal(report.Warnings, read.Warnings);
    }

    [Fact]
    public void A_normal_inner_pair_has_the_standard_deviation_that_was_asked_for()
    {
        using var adapters = Adapt(Plan with { OuterRank = 32 }, innerRank: 32);
        var plan = Plan with { InnerStd = 0.02, OuterInit = OuterInitialization.Svd };
        NoraStart.Initialise(adapters, plan, Calibration, null, seed: 1);
        var pairs = adapters.Items.SelectMany(item => item.Adapter.Trainable).Select(parameter => parameter.Value.flatten()).ToArray();
        var all = cat(pairs);
        Assert.Equal(0.02, all.std().item<float>(), 4e-4);
        Assert.Equal(0.0, all.mean().item<float>(), 4e-4);
    }

    [Fact]
    public void A_uniform_zero_start_leaves_the_model_as_it_was()
    {
        using var adapters = Adapt(Plan);
        var plan = Plan with { InnerInit = InnerInitialization.UniformZero, OuterInit = OuterInitialization.Svd };
        var report = NoraStart.Initialise(adapters, plan, Calibration, null, seed: 1);
        Assert.All(report.Projections, projection => Assert.Equal(0.0, projection.StartRatio));
        foreach (var (_, adapter) in adapters.Items)
        {
            var own = (NoraAdapter)adapter;
            Assert.Equal(0f, own.InnerB.abs().max().item<float>());
            Assert.InRange(own.InnerA.abs().max().item<float>(), 0.2f, 1 / MathF.Sqrt(8));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(11)]
    public void A_singular_start_is_the_cut_diagonal_on_both_sides(int innerRank)
    {
        using var adapters = Adapt(Plan, innerRank);
        var plan = Plan with { InnerInit = InnerInitialization.Singular, OuterInit = OuterInitialization.Svd };
        NoraStart.Initialise(adapters, plan, Calibration, null, seed: 1);
        foreach (var (projection, adapter) in adapters.Items)
        {
            var own = (NoraAdapter)adapter;
            var sigma = linalg.svdvals(projection.Weight);
            for (var index = 0; index < Math.Min(innerRank, 8); index++)
                Assert.Equal(sigma[index].item<float>(), own.InnerB[index, index].item<float>(), 1e-4);
            Assert.Equal(own.InnerB.norm().item<float>(), own.InnerB.diagonal().norm().item<float>(), 1e-5);
            Near.Check(own.InnerB.t(), own.InnerA, 0, 0, projection.Path);
        }
    }

    [Fact]
    public void The_start_ratio_is_that_of_the_whole_delta_and_large_ones_are_warned_of()
    {
        using var adapters = Adapt(Plan with { Alpha = 16 });
        var loud = NoraStart.Initialise(
            adapters, Plan with { InnerStd = 1.0, OuterInit = OuterInitialization.Svd }, Calibration, null, seed: 1);
        for (var index = 0; index < adapters.Items.Count; index++)
        {
            var (projection, adapter) = adapters.Items[index];
            var expected = (adapter.Delta().norm() / projection.Weight.norm()).item<float>();
            Assert.Equal(expected, loud.Projections[index].StartRatio, 1e-4 * expected);
        }
        Assert.Equal(adapters.Items.Count, loud.Warnings.Count());
        Assert.Contains("model.layers.0.self_attn.q_proj", loud.Warnings.First());
        Assert.Contains("adapter.inner.std", loud.Warnings.First());
        var quiet = NoraStart.Initialise(
            adapters, Plan with { InnerStd = 0.01, OuterInit = OuterInitialization.Svd }, Calibration, null, seed: 1);
        Assert.Empty(quiet.Warnings);
        Assert.All(quiet.Projections, projection => Assert.InRange(projection.StartRatio, 1e-6, 0.05));
    }

    [Fact]
    public void A_seed_gives_the_same_bits_wherever_a_projection_stands_and_other_seeds_others()
    {
        using var adapters = Adapt(Plan);
        var plan = Plan with { OuterInit = OuterInitialization.Random };
        NoraStart.Initialise(adapters, plan, Calibration, null, seed: 1);
        var first = Values(adapters.Items[1].Adapter);
        NoraStart.Initialise(adapters, plan, Calibration, null, seed: 2);
        Assert.NotEqual(first, Values(adapters.Items[1].Adapter));
        var k = adapters.Items[1].Projection;
        adapters.Dispose();

        manual_seed(99);
        using var alone = new AdapterSet();
        alone.Add(k, new NoraAdapter(k.OutFeatures, k.InFeatures, 8, 3, 8, 0, float32, CPU));
        NoraStart.Initialise(alone, plan, Calibration, null, seed: 1);
        Assert.Equal(first, Values(alone.Items[0].Adapter));

        static float[] Values(Adapter adapter) =>
            [.. adapter.Trainable.Concat(adapter.Frozen).SelectMany(parameter => parameter.Value.data<float>().ToArray())];
    }

    [Fact]
    public void The_weights_own_statistic_needs_no_activations()
    {
        using var adapters = Adapt(Plan);
        var report = NoraStart.Initialise(
            adapters, Plan, Calibration with { Statistic = ActivationStatistic.WeightMeanAbs, Exponent = 1.0 }, null, seed: 1);
        Assert.Null(report.MeanErrors);
        var (projection, adapter) = adapters.Items[2];
        var own = (NoraAdapter)adapter;
        var expected = AwSvd.Factor(projection.Weight, ChannelScaling.WeightMeanAbs(projection.Weight), 8, SigmaSide.B, SvdOptions.Exact);
        Near.Check(expected.B.matmul(expected.A), own.OuterB.matmul(own.OuterA), 1e-5, 1e-4, projection.Path);
    }

    [Theory]
    [InlineData(ScalingKind.Diagonal)]
    [InlineData(ScalingKind.Covariance)]
    public void AwSvd_without_statistics_is_refused_and_the_projection_named(ScalingKind scaling)
    {
        using var adapters = Adapt(Plan);
        var error = Assert.Throws<NoraException>(() =>
            NoraStart.Initialise(adapters, Plan, Calibration with { Scaling = scaling }, null, seed: 1));
        Assert.StartsWith("model.layers.0.self_attn.q_proj: AwSVD needs activation statistics", error.Message);
    }

    [Fact]
    public void A_singular_start_of_a_random_outer_pair_is_refused()
    {
        using var adapters = Adapt(Plan);
        var plan = Plan with { InnerInit = InnerInitialization.Singular, OuterInit = OuterInitialization.Random };
        var error = Assert.Throws<NoraException>(() => NoraStart.Initialise(adapters, plan, Calibration, null, 1));
        Assert.Contains("no singular values", error.Message);
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_refused_and_the_projection_named()
    {
        using var adapters = Adapt(Plan);
        using (no_grad()) _model.Layers[1].Mlp.GateProj.Weight[3, 4] = float.NaN;
        var error = Assert.Throws<NoraException>(() =>
            NoraStart.Initialise(adapters, Plan with { OuterInit = OuterInitialization.Svd }, Calibration, null, seed: 1));
        Assert.StartsWith("model.layers.1.mlp.gate_proj: the weight holds NaN", error.Message);
    }

    [Fact]
    public void Base_weights_stay_to_the_bit_and_only_the_factors_are_left()
    {
        using var statistics = Statistics();
        using var adapters = Adapt(Plan);
        var before = _model.Parameters.Select(parameter => parameter.Value.clone()).ToArray();
        LiveTensors.AssertNoneIsLeft(times: 1, () => NoraStart.Initialise(adapters, Plan, Calibration, statistics, seed: 1));
        foreach (var (value, parameter) in before.Zip(_model.Parameters)) Near.Check(value, parameter.Value, 0, 0, parameter.Name);
    }

    [Fact]
    public void Lora_starts_where_the_model_is_and_lora_xs_next_to_it()
    {
        using var lora = new AdapterSet();
        foreach (var projection in _model.Projections)
            lora.Add(projection, new LoraAdapter(projection.OutFeatures, projection.InFeatures, 4, 8, 0, CPU));
        Assert.All(LoraStart.Initialise(lora, seed: 1).Projections, projection => Assert.Equal(0.0, projection.StartRatio));
        var a = ((LoraAdapter)lora.Items[0].Adapter).A;
        Assert.InRange(a.abs().max().item<float>(), 0.9f / MathF.Sqrt(32), 1 / MathF.Sqrt(32));
        Assert.Throws<NoraException>(() => NoraStart.Initialise(lora, Plan, Calibration, null, 1));
        lora.Dispose();

        using var xs = new AdapterSet();
        foreach (var projection in _model.Projections)
            xs.Add(projection, new LoraXsAdapter(projection.OutFeatures, projection.InFeatures, 8, 8, 0, float32, CPU));
        Assert.All(LoraXsStart.Initialise(xs, seed: 1).Projections, projection => Assert.InRange(projection.StartRatio, 1e-8, 1e-3));
        var (q, adapter) = xs.Items[0];
        var own = (LoraXsAdapter)adapter;
        var svd = AwSvd.Factor(q.Weight, null, 8, SigmaSide.B, SvdOptions.Exact);
        Near.Check(svd.B.matmul(svd.A), own.OuterB.matmul(own.OuterA), 1e-4, 1e-4, q.Path);
        Assert.Equal(1e-5, own.Core.std().item<float>(), 4e-6);
        Assert.Throws<NoraException>(() => LoraStart.Initialise(xs, 1));
    }

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
    }

    private ActivationStatistics Statistics() => ActivationStatistics.Collect(
        _model, _model.Projections, new TextCalibration(_model, ActivationStatisticsTests.Samples(64), padId: 0).Passes(64, 16, heldOutRows: 64, seed: 0),
        covariance: true);

    private AdapterSet Adapt(NoraPlan plan, int innerRank = 3)
    {
        var adapters = new AdapterSet();
        foreach (var p in _model.Projections)
        {
            var rank = Math.Min(plan.OuterRank, Math.Min(p.OutFeatures, p.InFeatures));
            adapters.Add(p, new NoraAdapter(p.OutFeatures, p.InFeatures, rank, innerRank, plan.Alpha, 0, float32, CPU));
        }
        return adapters;
    }
}
