namespace NoraPipelines.Plans;

/// <summary>A line from the peak to zero.</summary>
public sealed record LinearSchedulePlan : SchedulePlan
{
    public override string Kind => "linear";

    internal override string Sentence => "falls in a line to zero";
}
