namespace NoraPipelines.Plans;

/// <summary>LoRA-FA: LoRA whose A [r, in] is frozen.</summary>
public sealed record LoraFaPlan : LowRankPlan
{
    internal static PlannedMethod Described { get; } = new("lora whose A is frozen", new LoraFaPlan { Rank = 1, Alpha = 1 });

    public override string Method => "lora_fa";

    public override string Title => $"LoRA-FA {Rank}";

    public override long TrainablePerProjection(ProjectionShape projection) => (long)Rank * projection.Out;

    public override long FrozenPerProjection(ProjectionShape projection) => (long)Rank * projection.In;

    internal override bool FrozenInFloat32 => true;

    internal override bool KeepsInputs => false;
}
