namespace NoraPipelines.Plans;

/// <summary>The peak to the end.</summary>
public sealed record ConstantSchedulePlan : SchedulePlan
{
    public override string Kind => "constant";

    internal override string Sentence => "stays at the peak";
}
