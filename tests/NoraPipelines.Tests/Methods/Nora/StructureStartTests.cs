using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Models;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Methods;

/// <summary>Every structure starts next to the model as it was, and learns from there.</summary>
public sealed class StructureStartTests : IDisposable
{
    private static readonly NoraPlan Plan = new() { OuterRank = 8, InnerRank = 4, Alpha = 8, OuterInit = OuterInitialization.Svd };

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly LlamaModel _model = TinyDecoder.Create();

    public static TheoryData<InnerStructure, InnerPosition, bool> All => Structures.All;

    [Theory]
    [MemberData(nameof(All))]
    public void A_normal_start_is_small_and_learns(InnerStructure structure, InnerPosition position, bool trainsOuter)
    {
        using var adapters = Adapt(structure, position, trainsOuter);
        var report = NoraStart.Initialise(adapters, Plan, new CalibrationPlan(), null, seed: 1);
        Assert.All(report.Projections, projection => Assert.InRange(projection.StartRatio, 1e-9, 0.5));
        Learns(adapters);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_zero_start_leaves_the_model_as_it_was_and_learns_unless_two_zeros_are_multiplied(
        InnerStructure structure, InnerPosition position, bool trainsOuter)
    {
        using var adapters = Adapt(structure, position, trainsOuter);
        var plan = Plan with { InnerInit = InnerInitialization.UniformZero, Structure = structure, Position = position };
        var report = NoraStart.Initialise(adapters, plan, new CalibrationPlan(), null, seed: 1);
        Assert.All(report.Projections, projection => Assert.InRange(projection.StartRatio, 0, 1e-6));
        var dead = position == InnerPosition.WAAndWB && structure != InnerStructure.Parallel;
        if (!dead) Learns(adapters);
        else Assert.Equal(Loss(adapters, steps: 0), Loss(adapters, steps: 20));
        Assert.Equal(dead, Problems(plan with { OuterTrainable = trainsOuter }).Any());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_singular_start_is_between_the_factors_or_refused(InnerStructure structure, InnerPosition position, bool trainsOuter)
    {
        using var adapters = Adapt(structure, position, trainsOuter);
        var plan = Plan with { InnerInit = InnerInitialization.Singular, Structure = structure, Position = position };
        var between = structure != InnerStructure.Parallel && position == InnerPosition.WA;
        Assert.Equal(!between, Problems(plan).Any());
        Assert.NotEmpty(Problems(plan with { OuterInit = OuterInitialization.Random }));
        if (!between)
        {
            var error = Assert.Throws<NoraException>(() => NoraStart.Initialise(adapters, plan, new CalibrationPlan(), null, 1));
            Assert.Contains("do not stand between the outer factors", error.Message);
            return;
        }
        NoraStart.Initialise(adapters, plan, new CalibrationPlan(), null, seed: 1);
        var sigma = linalg.svdvals(adapters.Items[0].Projection.Weight)[..8];
        if (adapters.Items[0].Adapter is NoraSquareAdapter square) Near.Check(diag(sigma), square.RA!, 1e-3, 1e-4, "R");
        else Near.Check(diag(sigma)[.., ..4], ((NoraSerialAdapter)adapters.Items[0].Adapter).InnerB!, 1e-3, 1e-4, "B′");
    }

    [Fact]
    public void The_serial_structure_at_w_a_starts_as_the_nora_of_the_paper()
    {
        using var adapters = Adapt(InnerStructure.Serial, InnerPosition.WA, true);
        NoraStart.Initialise(adapters, Plan, new CalibrationPlan(), null, seed: 1);
        var serial = adapters.Items.Select(item => item.Adapter.Delta()).ToArray();
        adapters.Dispose();
        using var paper = new AdapterSet();
        foreach (var projection in _model.Projections) paper.AddNora(projection, 8, 4, alpha: 8);
        NoraStart.Initialise(paper, Plan, new CalibrationPlan(), null, seed: 1);
        foreach (var (expected, (projection, adapter)) in serial.Zip(paper.Items)) Near.Check(expected, adapter.Delta(), 0, 0, projection.Path);
    }

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
    }

    private static IEnumerable<PlanProblem> Problems(NoraPlan plan)
    {
        var any = new PipelinePlan
        {
            Name = "any",
            Model = new ModelPlan { Shape = TinyDecoder.Shape(), ShapeSource = "tiny", Source = new ModelSource.Folder("models"), Dtype = WeightType.Float32 },
            Adapter = plan with { Targets = EquatableArray.Of("q_proj") },
            Dataset = new DatasetPlan { Train = new DataSourcePlan { Path = "a.jsonl" }, Template = new TemplatePlan(TemplateKind.Alpaca) },
            Training = new TrainingPlan { Steps = 1, Batch = 1, MicroBatch = 1, LearningRate = 1e-3 },
        };
        return PlanChecks.Check(any).Where(problem => problem.Id == "NORA135");
    }

    private AdapterSet Adapt(InnerStructure structure, InnerPosition position, bool trainsOuter)
    {
        var adapters = new AdapterSet();
        foreach (var p in _model.Projections)
            adapters.Add(p, Structures.Make(structure, position, trainsOuter, p.OutFeatures, p.InFeatures, 8, 4, 8));
        return adapters;
    }

    private void Learns(AdapterSet adapters)
    {
        var before = Loss(adapters, steps: 0);
        var after = Loss(adapters, steps: 30);
        Assert.True(after < 0.9 * before, $"{before} → {after}");
    }

    /// <summary>The loss on one batch after a number of steps on it.</summary>
    private double Loss(AdapterSet adapters, int steps)
    {
        using var scope = NewDisposeScope();
        using var optimizer = new AdamW(adapters.Trainable);
        var ids = TinyDecoder.Ids(4, 12);
        for (var step = 0; ; step++)
        {
            using var one = NewDisposeScope();
            var logits = _model.Logits(_model.Hidden(ids));
            var loss = nn.functional.cross_entropy(logits[.., ..^1].reshape(-1, logits.shape[2]), ids[.., 1..].reshape(-1));
            if (step == steps) return loss.item<float>();
            loss.backward();
            optimizer.Step(0.02);
            optimizer.ZeroGrad();
        }
    }
}
