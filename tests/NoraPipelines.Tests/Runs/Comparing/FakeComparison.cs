using NoraPipelines.Runs;
using NoraPipelines.Training;

namespace NoraPipelines.Tests.Runs.Comparing;

/// <summary>A sweep written by hand, as a generated one reads.</summary>
internal sealed class FakeComparison(params Variant[] variants) : Comparison
{
    public override string Name => "sweep";

    public override string Description => "a <sweep> & nothing else";

    public override string SpecFile => "sweep/sweep.nora.yaml";

    public override IReadOnlyList<Variant> Variants => variants;

    public static Variant Variant(string name, FakePipeline pipeline, string value) => new(name, pipeline, [new("adapter.outer.init", value)]);

    /// <summary>A command line on two variants, which score 20 + seed and 10 + 3·seed.</summary>
    public static (CommandRun Command, FakePipeline First, FakePipeline Second) Two(Action<StepReport>? first = null, Action<StepReport>? second = null)
    {
        var (a, b) = (
            new FakePipeline("sweep.a") { Perplexity = seed => 20 + seed, StartsBySeed = true },
            new FakePipeline("sweep.b") { Perplexity = seed => 10 + 3 * seed, StartsBySeed = true });
        if (first is not null) a.OnStep = first;
        if (second is not null) b.OnStep = second;
        return (new CommandRun(a, b) { Comparisons = [new FakeComparison(Variant("a", a, "svd"), Variant("b", b, "awsvd \"best\""))] }, a, b);
    }
}
