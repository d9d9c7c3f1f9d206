using NoraPipelines.Data;
using NoraPipelines.Evaluation;
using NoraPipelines.Generation;
using NoraPipelines.Initialization;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Walking;
using NoraPipelines.Tests.Build;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Runs.Walking;

/// <summary>Decoding, scoring and calibration without numbers.</summary>
[Collection(OnMeta.Name)]
public sealed class MetaEvaluationTests : IDisposable
{
    private static readonly int[][] Prompts = [[1, 2, 3], [4, 5, 6, 7]]; // the shorter one is padded

    private readonly LlamaModel _model;

    public MetaEvaluationTests()
    {
        if (OperatingSystem.IsLinux()) StepWalk.Prepare();
        _model = LlamaModel.Random((DecoderShape)MetaPlans.Shapes["llama"], seed: 1, ScalarType.BFloat16, META);
    }

    public void Dispose() => _model.Dispose();

    [LinuxTheory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_decoding_step_waits_once_for_the_tokens_that_were_chosen(int beams)
    {
        const int tokens = 5;
        var options = new GenerationOptions { MaxNewTokens = tokens, Decoding = beams == 1 ? Decoding.Greedy : Decoding.BeamSearch(beams) };
        var before = DeviceRead.Count;
        var texts = TextGenerator.Generate(_model, Prompts, options);
        Assert.Equal([tokens, tokens], texts.Select(text => text.Length));
        Assert.Equal(tokens * (beams == 1 ? 1 : 2), DeviceRead.Count - before); // beams: tokens and their scores
    }

    [LinuxFact]
    public void Perplexity_waits_once_a_batch()
    {
        TokenizedExample[] examples = [new([1, 2, 3, 4], 1), new([5, 6, 7], 1), new([8, 9, 10, 11, 12], 2)];
        var before = DeviceRead.Count;
        Perplexity.Evaluate(_model, examples, batch: 2, padId: 0);
        Assert.Equal(2, DeviceRead.Count - before);
    }

    [LinuxFact]
    public void The_likelihood_of_options_waits_once_for_all_of_them()
    {
        OptionLikelihood.Choice[] choices = [new(0, "ab", ["c", "de"]), new(1, "f", ["g", "h", "i"])];
        var before = DeviceRead.Count;
        OptionLikelihood.Score(_model, text => [.. text.Select(letter => letter - 'a')], "options", choices);
        Assert.Equal(1, DeviceRead.Count - before);
    }

    [LinuxTheory]
    [InlineData(ScalingKind.Diagonal)]
    [InlineData(ScalingKind.Covariance)]
    public void Calibration_and_awsvd_need_shapes_alone(ScalingKind scaling)
    {
        TokenizedExample[] examples = [.. Enumerable.Range(0, 6).Select(i => new TokenizedExample([1, 2, 3, 4 + i], 1))];
        var plan = new NoraPlan { OuterRank = 8, InnerRank = 4, Alpha = 8 };
        using var adapters = new AdapterSet();
        foreach (var projection in _model.Projections) adapters.AddNora(projection, plan.OuterRank, plan.InnerRank, plan.Alpha);
        using var statistics = ActivationStatistics.Collect(
            _model, _model.Projections, new TextCalibration(_model, examples, padId: 0).Passes(4, 2, 8, 1), covariance: scaling == ScalingKind.Covariance);
        var report = NoraStart.Initialise(adapters, plan, new CalibrationPlan { Scaling = scaling }, statistics, seed: 1);
        Assert.Equal(_model.Projections.Count(), report.Projections.Count);
    }
}
