using NoraPipelines.Generator.Spec;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>The spec's `adapter` and `calibration`.</summary>
internal static class AdapterPlanner
{
    public static AdapterPlan Plan(PlanningContext context, ModelShape shape)
    {
        var spec = context.Spec;
        AdapterPlan plan = spec.Text("adapter.method")?.Value switch
        {
            "nora" => Nora(context),
            "lora" => Lora(context),
            "lora_xs" => LoraXs(context),
            "adalora" => ChangingRankPlanner.AdaLora(context),
            "dylora" => ChangingRankPlanner.DyLora(context),
            "full" => new FullPlan(),
            _ when BaselinePlanner.Plan(context) is { } baseline => baseline,
            // The method itself was reported; only targets and layers can be checked.
            _ => new LoraPlan { Rank = 1, Alpha = 1 },
        };
        if (plan is FullPlan) return plan;
        if (spec.Text("adapter.method") is not null)
            context.Require("adapter.targets", "name the projections that get an adapter, or write all-linear");
        return plan with
        {
            Targets = Targets(spec, shape),
            Layers = Layers(spec, shape),
            Dropout = spec.Number("adapter.dropout")?.Value ?? plan.Dropout,
            Start = spec.Text("adapter.start.path")?.Value,
        };
    }

    public static CalibrationPlan Calibration(PipelineSpec spec)
    {
        var plan = new CalibrationPlan();
        return plan with
        {
            Samples = spec.Whole("calibration.samples")?.Value ?? plan.Samples,
            Statistic = spec.Choice<ActivationStatistic>("calibration.statistic") ?? plan.Statistic,
            Exponent = spec.Number("calibration.exponent")?.Value ?? plan.Exponent,
            Scaling = spec.Choice<ScalingKind>("calibration.scaling") ?? plan.Scaling,
        };
    }

    private static NoraPlan Nora(PlanningContext context)
    {
        context.Require("adapter.outer", "method nora needs an outer rank: outer: { rank: 64 }");
        context.Require("adapter.inner", "method nora needs an inner rank: inner: { rank: 32 }");
        var spec = context.Spec;
        var structure = spec.Choice<InnerStructure>("adapter.inner.structure") ?? new NoraPlan { OuterRank = 1, InnerRank = 0, Alpha = 1 }.Structure;
        if (structure != InnerStructure.Adapter && spec.Has("adapter.inner"))
            context.Require("adapter.inner.rank", $"structure {Words.Of(structure)} needs an inner rank: inner: {{ rank: 32 }}");
        // A missing rank is replaced by one that the other agrees with.
        var inner = structure == InnerStructure.Adapter ? 0 : spec.Whole("adapter.inner.rank")?.Value ?? 0;
        var outer = spec.Whole("adapter.outer.rank")?.Value ?? 0;
        if (outer == 0) return new NoraPlan { OuterRank = 1, InnerRank = 0, Alpha = 1 };
        var plan = new NoraPlan { OuterRank = outer, InnerRank = inner, Alpha = spec.Number("adapter.alpha")?.Value ?? outer };
        return plan with
        {
            OuterInit = spec.Choice<OuterInitialization>("adapter.outer.init") ?? plan.OuterInit,
            Sigma = spec.Choice<SigmaSide>("adapter.outer.sigma") ?? plan.Sigma,
            Svd = spec.Choice<SvdKind>("adapter.outer.svd") ?? plan.Svd,
            Oversampling = spec.Whole("adapter.outer.oversampling")?.Value ?? plan.Oversampling,
            Iterations = spec.Whole("adapter.outer.iterations")?.Value ?? plan.Iterations,
            InnerInit = spec.Choice<InnerInitialization>("adapter.inner.init") ?? plan.InnerInit,
            InnerStd = spec.Number("adapter.inner.std")?.Value ?? NoraPlan.DefaultInnerStd(structure),
            OuterTrainable = spec.Switch("adapter.outer.trainable") ?? plan.OuterTrainable,
            Structure = structure,
            Position = spec.Choice<InnerPosition>("adapter.inner.position") ?? plan.Position,
        };
    }

    private static LoraPlan Lora(PlanningContext context)
    {
        var rank = Rank(context);
        return new LoraPlan { Rank = rank, Alpha = Alpha(context, rank) };
    }

    private static LoraXsPlan LoraXs(PlanningContext context)
    {
        var rank = Rank(context);
        return new LoraXsPlan { Rank = rank, Alpha = Alpha(context, rank) };
    }

    internal static int Rank(PlanningContext context)
    {
        context.Require("adapter.rank", $"method {context.Spec.Text("adapter.method")!.Value} needs a rank: rank: 16");
        return context.Spec.Whole("adapter.rank")?.Value ?? 1;
    }

    internal static double Alpha(PlanningContext context, int rank) => context.Spec.Number("adapter.alpha")?.Value ?? rank;

    private static EquatableArray<string> Targets(PipelineSpec spec, ModelShape shape)
    {
        if (spec.Text("adapter.targets") is not null) return shape.TargetNames().ToEquatableArray();
        // A refused item keeps its number, under a name that is there, so that the others are reported at their own places.
        return Enumerable.Range(0, spec.Count("adapter.targets"))
            .Select(i => spec.Text($"adapter.targets.{i}")?.Value ?? shape.Projections[0].Name).ToEquatableArray();
    }

    private static LayerSelection Layers(PipelineSpec spec, ModelShape shape)
    {
        var count = shape.DeepestStack();
        if (spec.Whole("adapter.layers.first") is { } first) return Range(0, first.Value);
        // A stand-in shape has no last layer that means anything.
        if (spec.Whole("adapter.layers.last") is { } last)
            return count == int.MaxValue ? LayerSelection.All : last.Value > count ? Range(0, last.Value)
                : Range(count - last.Value, last.Value);
        var listed = Enumerable.Range(0, spec.Count("adapter.layers")).Select(i => spec.Whole($"adapter.layers.{i}")?.Value ?? 0).ToList();
        return listed.Count > 0 ? LayerSelection.Of(listed) : LayerSelection.All;
    }

    /// <summary>No more layers than any model has, whatever the spec says; TargetRules reports those beyond the model's.</summary>
    private static LayerSelection Range(int start, int count) => LayerSelection.Of(Enumerable.Range(start, Math.Min(count, 100_000)));
}
