namespace NoraPipelines.Plans;

/// <summary>rsLoRA: LoRA with the scale α/√r.</summary>
public sealed record RsLoraPlan : AdapterPlan
{
    public override string Method => "rslora";

    public override int? OneRank => Rank;

    public override AdapterPlan WithRank(int rank) => this with { Rank = rank };

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    public override long TrainablePerProjection(ProjectionShape projection) => (long)Rank * (projection.Out + projection.In);

    public override long FrozenPerProjection(ProjectionShape projection) => 0;
}

/// <summary>LoRA+: LoRA whose B learns at <see cref="RateRatio"/> times the rate.</summary>
public sealed record LoraPlusPlan : AdapterPlan
{
    public override string Method => "lora_plus";

    public override int? OneRank => Rank;

    public override AdapterPlan WithRank(int rank) => this with { Rank = rank };

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    public double RateRatio { get; init; } = 16;

    public override long TrainablePerProjection(ProjectionShape projection) => (long)Rank * (projection.Out + projection.In);

    public override long FrozenPerProjection(ProjectionShape projection) => 0;
}

/// <summary>LoRA-FA: LoRA whose A [r, in] is frozen.</summary>
public sealed record LoraFaPlan : AdapterPlan
{
    public override string Method => "lora_fa";

    public override int? OneRank => Rank;

    public override AdapterPlan WithRank(int rank) => this with { Rank = rank };

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    public override long TrainablePerProjection(ProjectionShape projection) => (long)Rank * projection.Out;

    public override long FrozenPerProjection(ProjectionShape projection) => (long)Rank * projection.In;

    internal override bool FrozenInFloat32 => true;

    internal override bool KeepsInputs => false;
}

/// <summary>DoRA: h = g ⊙ (W + (α/r)·B·A)·x / ‖W + (α/r)·B·A‖, A [r, in], B [out, r], g [out]; all train.</summary>
public sealed record DoraPlan : AdapterPlan
{
    public override string Method => "dora";

    public override int? OneRank => Rank;

    public override AdapterPlan WithRank(int rank) => this with { Rank = rank };

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    public override long TrainablePerProjection(ProjectionShape projection) =>
        (long)Rank * (projection.Out + projection.In) + projection.Out;

    public override long FrozenPerProjection(ProjectionShape projection) => 0;

    /// <summary>A·x, W·x and s·B·A·x.</summary>
    internal override long KeptPerToken(ProjectionShape projection) => Rank + 2L * projection.Out;
}

/// <summary>PiSSA: LoRA from the principal singular triples of W; the start is kept, frozen, to be taken out of W.</summary>
public sealed record PissaPlan : AdapterPlan
{
    public override string Method => "pissa";

    public override int? OneRank => Rank;

    public override AdapterPlan WithRank(int rank) => this with { Rank = rank };

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    public override long TrainablePerProjection(ProjectionShape projection) => (long)Rank * (projection.Out + projection.In);

    public override long FrozenPerProjection(ProjectionShape projection) => (long)Rank * (projection.Out + projection.In);

    internal override bool FrozenInFloat32 => true;
}

/// <summary>VeRA: h = W·x + b ⊙ B·(d ⊙ A·x), d [r] and b [out] train; A and B are one frozen pair for the model.</summary>
public sealed record VeraPlan : AdapterPlan
{
    public override string Method => "vera";

    public override int? OneRank => Rank;

    public override AdapterPlan WithRank(int rank) => this with { Rank = rank };

    public required int Rank { get; init; }

    /// <summary>What every value of d starts at (PEFT's default).</summary>
    public double InitialD { get; init; } = 0.1;

    /// <summary>Of the pair; the same for every run, so that a run of another seed has the same pair (PEFT's default).</summary>
    public int ProjectionSeed { get; init; }

    public override long TrainablePerProjection(ProjectionShape projection) => (long)Rank + projection.Out;

    /// <summary>None: the pair belongs to no projection (<see cref="SharedParameters"/>).</summary>
    public override long FrozenPerProjection(ProjectionShape projection) => 0;

    /// <summary>Frozen parameters of the pair, made for the largest of the targets.</summary>
    public override long SharedParameters(IReadOnlyCollection<ProjectionShape> targets) =>
        (long)Rank * (targets.Max(target => (long)target.In) + targets.Max(target => (long)target.Out));

    /// <summary>A·x and B·(d ⊙ A·x); x itself is not needed.</summary>
    internal override long KeptPerToken(ProjectionShape projection) => (long)Rank + projection.Out;

    internal override bool KeepsInputs => false;
}

/// <summary>LoKr: h = W·x + (α/r)·kron(w1, w2a·w2b)·x, w1 [l, m], w2a [k, r], w2b [r, n], out = l·k, in = m·n; all train.</summary>
public sealed record LokrPlan : AdapterPlan
{
    public override string Method => "lokr";

    public override int? OneRank => Rank;

    public override AdapterPlan WithRank(int rank) => this with { Rank = rank };

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    /// <summary>The small divisor that widths are split by, where it divides them; null: as evenly as possible.</summary>
    public int? Factor { get; init; }

    public override long TrainablePerProjection(ProjectionShape projection)
    {
        var ((l, k), (m, n)) = (Split(projection.Out, Factor), Split(projection.In, Factor));
        return (long)l * m + (long)Rank * (k + n);
    }

    public override long FrozenPerProjection(ProjectionShape projection) => 0;

    /// <summary>The largest rank for which w2a·w2b is smaller than w2; from there on PEFT keeps w2 whole (peft/tuners/lokr/layer.py).</summary>
    public static int LargestRank(int outFeatures, int inFeatures, int? factor) =>
        (Math.Max(Split(outFeatures, factor).Large, Split(inFeatures, factor).Large) - 1) / 2;

    /// <summary>x·w2bᵀ [m, r] and that times w2aᵀ [m, k].</summary>
    internal override long KeptPerToken(ProjectionShape projection) =>
        (long)Split(projection.In, Factor).Small * (Rank + Split(projection.Out, Factor).Large);

    /// <summary>
    /// A width as a product (LyCORIS' factorization): <paramref name="factor"/> and the rest where it divides the width; otherwise the
    /// divisors nearest to the square root, the smaller first and not above the factor: 24 = 4·6.
    /// </summary>
    public static (int Small, int Large) Split(int width, int? factor = null)
    {
        if (factor is { } given && width % given == 0) return (given, width / given);
        var small = 1;
        for (var divisor = 1; (long)divisor * divisor <= width && divisor <= (factor ?? width); divisor++)
            if (width % divisor == 0) small = divisor;
        return (small, width / small);
    }
}
