namespace NoraPipelines.Plans;

/// <summary>What is trained, on which projections. One record a method.</summary>
public abstract record AdapterPlan
{
    /// <summary>Names of projections, as the model's shape knows them, in its order.</summary>
    public EquatableArray<string> Targets { get; init; }

    /// <summary>The projections that the targets name, in the model's order; a name may stand for those of several stacks.</summary>
    public IEnumerable<ProjectionShape> TargetsIn(ModelShape shape) => shape.Projections.Where(projection => Targets.Any(projection.IsNamed));

    public LayerSelection Layers { get; init; } = LayerSelection.All;

    /// <summary>Dropout on the adapter's input, 0 ≤ p &lt; 1, in training only.</summary>
    public double Dropout { get; init; }

    /// <summary>Folder of an adapter to go on from, relative to the spec's folder; null: a new one.</summary>
    public string? Start { get; init; }

    /// <summary>The spec's `adapter.method`.</summary>
    public abstract string Method { get; }

    /// <summary>Trainable parameters that one target of this shape gets in one layer (method.md, sections 5 and 6).</summary>
    public abstract long TrainablePerProjection(ProjectionShape projection);

    /// <summary>Frozen parameters that the adapter itself adds in one layer: outer factors.</summary>
    public abstract long FrozenPerProjection(ProjectionShape projection);

    /// <summary>Frozen parameters that all targets share: VeRA's pair.</summary>
    public virtual long SharedParameters(IReadOnlyCollection<ProjectionShape> targets) => 0;

    /// <summary>Whether what is frozen is float32, as what trains is, rather than of the model's dtype.</summary>
    internal virtual bool FrozenInFloat32 => false;

    /// <summary>The rank of a method that has one; null for those with several or none.</summary>
    public virtual int? OneRank => null;

    /// <summary>The same adapter at another rank, for searches of one that fits a budget; null where no rank decides what trains.</summary>
    public virtual AdapterPlan? WithRank(int rank) => null;

    /// <summary>Numbers a token that the backward pass of one projection keeps besides its inputs: the rank where nothing else is said.</summary>
    internal virtual long KeptPerToken(ProjectionShape projection) => OneRank ?? 0;

    /// <summary>Whether the backward pass keeps x itself.</summary>
    internal virtual bool KeepsInputs => true;
}

/// <summary>LoRA (Eq. 1): h = W·x + (α/r)·B·A·x, A [r, in] Kaiming, B [out, r] zero; both train.</summary>
public sealed record LoraPlan : AdapterPlan
{
    public override string Method => "lora";

    public override int? OneRank => Rank;

    public override AdapterPlan WithRank(int rank) => this with { Rank = rank };

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    public override long TrainablePerProjection(ProjectionShape projection) => (long)Rank * (projection.Out + projection.In);

    public override long FrozenPerProjection(ProjectionShape projection) => 0;
}

/// <summary>LoRA-XS: h = W·x + (α/r)·B·R·A·x, A and B frozen from the truncated SVD of W, R [r, r] trains.</summary>
public sealed record LoraXsPlan : AdapterPlan
{
    public override string Method => "lora_xs";

    public override int? OneRank => Rank;

    public override AdapterPlan WithRank(int rank) => this with { Rank = rank };

    internal override bool KeepsInputs => false;

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    public override long TrainablePerProjection(ProjectionShape projection) => (long)Rank * Rank;

    public override long FrozenPerProjection(ProjectionShape projection) => (long)Rank * (projection.Out + projection.In);
}

/// <summary>Every weight of the model trains; there is no adapter.</summary>
public sealed record FullPlan : AdapterPlan
{
    public override string Method => "full";

    public override long TrainablePerProjection(ProjectionShape projection) => (long)projection.Out * projection.In;

    public override long FrozenPerProjection(ProjectionShape projection) => 0;
}
