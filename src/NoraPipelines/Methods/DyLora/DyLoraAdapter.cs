using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// DyLoRA (Valipour et al. 2023): LoRA whose every prefix of ranks is an adapter of its own. A step trains rank b alone, drawn for it.
/// <code>
///              ┌────────── W ──────────┐
///     x [in] ──┤                       + ── h [out]      h = W·x + s·√(r/b)·B[:, :b]·A[:b]·x,   s = alpha / r
///              └─ A[:b] ── b ── B[:, :b]┘
///
///     A [r, in], B [out, r]  train, float32       r·(in + out) parameters
///     training:   ranks 1 … b−1 count but get no gradient, rank b does
///     otherwise:  b = RankAt
/// </code>
/// </summary>
public sealed class DyLoraAdapter : Adapter
{
    private int _drawn;
    private int _rankAt;

    /// <summary>All factors are zero until they are set.</summary>
    /// <exception cref="NoraException">A rank below 1, or a dropout outside [0, 1).</exception>
    public DyLoraAdapter(int outFeatures, int inFeatures, int rank, double alpha, double dropout, Device device)
        : base(outFeatures, inFeatures, dropout)
    {
        if (rank < 1) throw new NoraException($"The rank is {rank}; it must be at least 1.");
        (Rank, Scale, _drawn, _rankAt) = (rank, alpha / rank, rank, rank);
        A = TrainableZeros(device, rank, inFeatures);
        B = TrainableZeros(device, outFeatures, rank);
        Trainable = [new("lora_a", A), new("lora_b", B)];
    }

    public override string Method => "dylora";

    public int Rank { get; }

    /// <summary>s = alpha / r.</summary>
    public double Scale { get; }

    public Tensor A { get; }

    public Tensor B { get; }

    /// <summary>b while <see cref="Adapter.Training"/>; r at first.</summary>
    /// <exception cref="NoraException">Not in 1 … r.</exception>
    public int Drawn
    {
        get => _drawn;
        set => _drawn = Checked(value);
    }

    /// <summary>b of evaluation, export and merging; r at first.</summary>
    /// <exception cref="NoraException">Not in 1 … r.</exception>
    public int RankAt
    {
        get => _rankAt;
        set => _rankAt = Checked(value);
    }

    public override IReadOnlyList<NamedTensor> Trainable { get; }

    public override IReadOnlyList<NamedTensor> Frozen => [];

    /// <summary>Copies b [out, r] and a [r, in] into the parameters.</summary>
    /// <exception cref="NoraException">Other shapes.</exception>
    public void SetFactors(Tensor b, Tensor a)
    {
        Set(B, b, "lora_b");
        Set(A, a, "lora_a");
    }

    internal override int? StartRank => Rank;

    internal override void GoOnFrom(Tensor a, Tensor b, double scale) => SetFactors(b * (scale / Scale), a); // at its full rank it is a LoRA

    public override Tensor Forward(Tensor x, Tensor output)
    {
        using var scope = NewDisposeScope();
        var rank = Training ? Drawn : RankAt;
        var (a, b) = (A.narrow(0, 0, rank), B.narrow(1, 0, rank)); // [b, in], [out, b]
        if (Training && rank > 1)
        {
            a = cat([A.detach().narrow(0, 0, rank - 1), A.narrow(0, rank - 1, 1)], 0);
            b = cat([B.detach().narrow(1, 0, rank - 1), B.narrow(1, rank - 1, 1)], 1);
        }
        var down = nn.functional.linear(Drop(x), a.to(x.dtype)); // [.., b]
        return AddProduct(output, down, b.to(x.dtype), ScaleAt(rank)).MoveToOuterDisposeScope(); // [.., out]
    }

    /// <summary>The adapter cut to <see cref="RankAt"/>.</summary>
    public override LowRankFactors Fold()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var a = A.detach().narrow(0, 0, RankAt).clone(); // [b, in]
        var b = B.detach().narrow(1, 0, RankAt) * ScaleAt(RankAt); // [out, b]
        return new LowRankFactors(a, b).MoveToOuterScope();
    }

    /// <summary>s·√(r/b).</summary>
    public double ScaleAt(int rank) => Scale * Math.Sqrt((double)Rank / rank);

    private int Checked(int rank) => rank >= 1 && rank <= Rank
        ? rank
        : throw new NoraException($"DyLoRA was to be cut to rank {rank}; its ranks are 1 to {Rank}. Set adapter.rank_at within them.");
}
