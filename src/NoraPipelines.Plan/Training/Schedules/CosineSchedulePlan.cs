namespace NoraPipelines.Plans;

/// <summary>Half a period of a cosine, from the peak to the floor.</summary>
public sealed record CosineSchedulePlan : FlooredSchedulePlan
{
    public override string Kind => "cosine";

    internal override string Sentence => "falls as half a cosine";
}
