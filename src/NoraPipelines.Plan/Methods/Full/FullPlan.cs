namespace NoraPipelines.Plans;

/// <summary>Every weight of the model trains; there is no adapter.</summary>
public sealed record FullPlan : AdapterPlan
{
    internal static PlannedMethod Described { get; } = new("every weight of the model", new FullPlan()) { Needs = _ => [] };

    public override string Method => "full";

    public override string Title => "all parameters";

    public override bool TrainsModel => true;

    public override long TrainablePerProjection(ProjectionShape projection) => (long)projection.Out * projection.In;
}
