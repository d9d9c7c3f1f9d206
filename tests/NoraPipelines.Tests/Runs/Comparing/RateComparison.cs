using NoraPipelines.Runs;

namespace NoraPipelines.Tests.Runs.Comparing;

/// <summary>A sweep of a key that a run may set.</summary>
internal sealed class RateComparison(Pipeline pipeline) : Comparison
{
    public override string Name => "rates";

    public override string Description => "";

    public override string SpecFile => "rates/rates.nora.yaml";

    public override IReadOnlyList<Variant> Variants => [new("fast", pipeline, [new("training.learning_rate", "1e-2")])];
}
