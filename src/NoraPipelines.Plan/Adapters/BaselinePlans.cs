namespace NoraPipelines.Plans;

/// <summary>rsLoRA: LoRA with the scale α/√r.</summary>
public sealed record RsLoraPlan : AdapterPlan
{
    public override string Method => "rslora";

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    public override long TrainablePerProjection(ProjectionShape projection) => (long)Rank * (projection.Out + projection.In);

    public override long FrozenPerProjection(ProjectionShape projection) => 0;
}

/// <summary>LoRA+: LoRA whose B learns at <see cref="RateRatio"/> times the rate.</summary>
public sealed record LoraPlusPlan : AdapterPlan
{
    public override string Method => "lora_plus";

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

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    public override long TrainablePerProjection(ProjectionShape projection) => (long)Rank * projection.Out;

    public override long FrozenPerProjection(ProjectionShape projection) => (long)Rank * projection.In;
}

/// <summary>DoRA: h = g ⊙ (W + (α/r)·B·A)·x / ‖W + (α/r)·B·A‖, A [r, in], B [out, r], g [out]; all train.</summary>
public sealed record DoraPlan : AdapterPlan
{
    public override string Method => "dora";

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    public override long TrainablePerProjection(ProjectionShape projection) =>
        (long)Rank * (projection.Out + projection.In) + projection.Out;

    public override long FrozenPerProjection(ProjectionShape projection) => 0;
}

/// <summary>PiSSA: LoRA from the principal singular triples of W; the start is kept, frozen, to be taken out of W.</summary>
public sealed record PissaPlan : AdapterPlan
{
    public override string Method => "pissa";

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    public override long TrainablePerProjection(ProjectionShape projection) => (long)Rank * (projection.Out + projection.In);

    public override long FrozenPerProjection(ProjectionShape projection) => (long)Rank * (projection.Out + projection.In);
}

/// <summary>VeRA: h = W·x + b ⊙ B·(d ⊙ A·x), d [r] and b [out] train; A and B are one frozen pair for the model.</summary>
public sealed record VeraPlan : AdapterPlan
{
    public override string Method => "vera";

    public required int Rank { get; init; }

    public override long TrainablePerProjection(ProjectionShape projection) => (long)Rank + projection.Out;

    /// <summary>None: the pair belongs to no projection (<see cref="SharedParameters"/>).</summary>
    public override long FrozenPerProjection(ProjectionShape projection) => 0;

    /// <summary>Frozen parameters of the pair, made for the largest of the targets.</summary>
    public long SharedParameters(IReadOnlyCollection<ProjectionShape> targets) =>
        (long)Rank * (targets.Max(target => (long)target.In) + targets.Max(target => (long)target.Out));
}

/// <summary>LoKr: h = W·x + (α/r)·kron(w1, w2a·w2b)·x, w1 [l, m], w2a [k, r], w2b [r, n], out = l·k, in = m·n; all train.</summary>
public sealed record LokrPlan : AdapterPlan
{
    public override string Method => "lokr";

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    public override long TrainablePerProjection(ProjectionShape projection)
    {
        var ((l, k), (m, n)) = (Split(projection.Out), Split(projection.In));
        return (long)l * m + (long)Rank * (k + n);
    }

    public override long FrozenPerProjection(ProjectionShape projection) => 0;

    /// <summary>The divisors of a width that are nearest to its square root, the smaller first: 24 = 4·6 (LyCORIS' factorization).</summary>
    public static (int Small, int Large) Split(int width)
    {
        var small = 1;
        for (var divisor = 1; (long)divisor * divisor <= width; divisor++)
            if (width % divisor == 0) small = divisor;
        return (small, width / small);
    }
}
