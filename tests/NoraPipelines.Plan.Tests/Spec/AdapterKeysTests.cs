using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Spec;

/// <summary>What the keys of `adapter` say of a method that they do not know.</summary>
public class AdapterKeysTests
{
    private static readonly PipelinePlan Plan = SamplePlans.Llama3 with { Adapter = new ScalesPlan { Targets = SamplePlans.Llama3.Adapter.Targets } };

    [Fact]
    public void A_key_without_effect_says_so_of_the_method_that_the_spec_names()
    {
        Assert.Equal("method scales has no single rank", Reason(Keys.Adapter.Rank));
        Assert.Equal("method scales does not scale its output by alpha", Reason(Keys.Adapter.Alpha));
        Assert.Equal("only method nora has an outer and an inner pair", Reason(NoraKeys.Outer));
        Assert.Null(Reason(Keys.Adapter.Dropout));
    }

    [Fact]
    public void A_shipped_methods_own_reasons_are_said()
    {
        Assert.Equal("method nora has outer.rank and inner.rank", new NoraPlan { OuterRank = 2, InnerRank = 1, Alpha = 2 }.NoRank);
        Assert.Equal("vera's vectors are its scale, and it has no other", new VeraPlan { Rank = 1 }.NoScaling);
    }

    private static string? Reason(SpecKey key) => key.NoEffects.Select(rule => rule.Reason(Plan)).FirstOrDefault(reason => reason is not null);

    /// <summary>A trained vector a projection: neither a rank nor alpha.</summary>
    private sealed record ScalesPlan : AdapterPlan
    {
        public override string Method => "scales";

        public override string Title => "scales";

        public override long TrainablePerProjection(ProjectionShape projection) => projection.Out;
    }
}
