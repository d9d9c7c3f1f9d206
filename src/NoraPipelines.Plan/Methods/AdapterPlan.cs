namespace NoraPipelines.Plans;

/// <summary>What is trained, on which projections. One record a method, in a folder of its own with its keys and checks.</summary>
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

    /// <summary>The method with its ranks, for sentences: NoRA 64/32, DoRA 16.</summary>
    public abstract string Title { get; }

    /// <summary>Whether the model's own weights train, and there is no adapter.</summary>
    public virtual bool TrainsModel => false;

    /// <summary>Trainable parameters that one target of this shape gets in one layer (docs/method.md, sections 5 and 6).</summary>
    public abstract long TrainablePerProjection(ProjectionShape projection);

    /// <summary>Frozen parameters that the adapter itself adds in one layer: outer factors.</summary>
    public virtual long FrozenPerProjection(ProjectionShape projection) => 0;

    /// <summary>Frozen parameters that all targets share: VeRA's pair.</summary>
    public virtual long SharedParameters(IReadOnlyCollection<ProjectionShape> targets) => 0;

    /// <summary>Whether what is frozen is float32, as what trains is, rather than of the model's dtype.</summary>
    internal virtual bool FrozenInFloat32 => false;

    /// <summary>The rank of a method that has one; null for those with several or none.</summary>
    public virtual int? OneRank => null;

    /// <summary>The same adapter at another rank, for searches of one that fits a budget; null where no rank decides what trains.</summary>
    public virtual AdapterPlan? WithRank(int rank) => null;

    /// <summary>The spec's key for the rank of <see cref="WithRank"/>; null where there is none.</summary>
    internal virtual SpecKey? RankKey => OneRank is null ? null : Keys.Adapter.Rank;

    /// <summary>The smallest rank that the method can have.</summary>
    internal virtual int SmallestRank => 1;

    /// <summary>Values of other keys that go with a rank that was searched for.</summary>
    internal virtual IEnumerable<KeyValuePair<SpecKey, int>> BesideRank(int rank) => [];

    /// <summary>Keys whose values were chosen for a rank, and mean something else beside another.</summary>
    internal virtual IReadOnlyList<SpecKey> RelativeToRank => [Keys.Adapter.Alpha];

    /// <summary>Whether another adapter trains the same kind of matrices, so that ranks alone tell their counts apart.</summary>
    internal virtual bool CountsLike(AdapterPlan other) => Method == other.Method;

    /// <summary>A rank that agrees with what else was given, where the spec has none.</summary>
    internal virtual AdapterPlan WithoutGivenRank() => this;

    /// <summary>alpha: the output is scaled by alpha / rank, or alpha / √rank; null for a method without.</summary>
    internal virtual double? Scaling => null;

    internal virtual AdapterPlan WithScaling(double alpha) => this;

    /// <summary>The rank that alpha is divided by, and its own default.</summary>
    internal virtual int ScalingRank => OneRank ?? 1;

    /// <summary>Whether the start needs activations of the model.</summary>
    internal virtual bool Calibrates => false;

    /// <summary>Why no adapter of this method can be gone on from; null where one can.</summary>
    internal virtual string? NoStart => null;

    /// <summary>Why the spec's one rank means nothing to the method, as a clause; said where <see cref="OneRank"/> is null.</summary>
    internal virtual string NoRank => $"method {Method} has no single rank";

    /// <summary>Why alpha means nothing to the method, as a clause; said where <see cref="Scaling"/> is null.</summary>
    internal virtual string NoScaling => $"method {Method} does not scale its output by alpha";

    /// <summary>Numbers a token that the backward pass of one projection keeps besides its inputs: the rank where nothing else is said.</summary>
    internal virtual long KeptPerToken(ProjectionShape projection) => OneRank ?? 0;

    /// <summary>Whether the backward pass keeps x itself.</summary>
    internal virtual bool KeepsInputs => true;

    /// <summary>Problems of the method in a plan: ranks that a projection cannot have, and its own.</summary>
    internal virtual IEnumerable<PlanProblem> Check(PipelinePlan plan) =>
        OneRank is { } rank ? RankFit.Check(plan, rank, Keys.Adapter.Rank, "rank") : [];
}
