using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// LoKr (Yeh et al. 2024): ΔW is a Kronecker product of a small matrix and a low-rank one.
/// <code>
///              ┌──────────────────── W ────────────────────┐
///     x [in] ──┤                                           + ── h [out]      h = W·x + s·kron(w1, w2a·w2b)·x,   s = alpha / r
///              └─ as [m, n] ── ·w2bᵀ ── ·w2aᵀ ── w1· ── as ─┘
///
///     in = m·n, out = l·k, each split as evenly as its divisors allow, or at a factor
///     w1 [l, m], w2a [k, r], w2b [r, n]  train, float32       l·m + r·(k + n) parameters
/// </code>
/// The Kronecker product is never formed in training: x as a matrix [m, n] is multiplied from both sides.
/// </summary>
public sealed class LokrAdapter : Adapter
{
    /// <summary>All factors are zero until they are set.</summary>
    /// <exception cref="NoraException">A rank that makes w2a·w2b no smaller than w2, or a dropout outside [0, 1).</exception>
    /// <param name="factor">The small divisor of both widths, where it divides them; null: they are split as evenly as possible.</param>
    public LokrAdapter(int outFeatures, int inFeatures, int rank, double alpha, double dropout, Device device, int? factor = null)
        : base(outFeatures, inFeatures, dropout)
    {
        if (factor < 1) throw new NoraException($"LoKr's factor is {factor}; it must be at least 1.");
        var ((l, k), (m, n)) = (LokrPlan.Split(outFeatures, factor), LokrPlan.Split(inFeatures, factor));
        var largest = LokrPlan.LargestRank(outFeatures, inFeatures, factor);
        if (rank < 1 || rank > largest)
        {
            throw new NoraException($"The rank is {rank}; LoKr on a [{outFeatures}, {inFeatures}] projection, whose second factor is "
                + $"[{k}, {n}], allows 1 to {largest}.");
        }
        Factor = factor;
        (Rank, Scale) = (rank, alpha / rank);
        (W1, W2A, W2B) = (TrainableZeros(device, l, m), TrainableZeros(device, k, rank), TrainableZeros(device, rank, n));
        Trainable = [new("lokr_w1", W1), new("lokr_w2_a", W2A), new("lokr_w2_b", W2B)];
    }

    /// <summary>An adapter that was made elsewhere, of any split and rank: copies w1 [l, m], w2a [k, r] and w2b [r, n].</summary>
    internal LokrAdapter(Tensor w1, Tensor w2a, Tensor w2b, double scale, double dropout, Device device)
        : base(checked((int)(w1.shape[0] * w2a.shape[0])), checked((int)(w1.shape[1] * w2b.shape[1])), dropout)
    {
        (Rank, Scale) = ((int)w2a.shape[1], scale);
        (W1, W2A, W2B) = (TrainableZeros(device, w1.shape), TrainableZeros(device, w2a.shape), TrainableZeros(device, w2b.shape));
        Trainable = [new("lokr_w1", W1), new("lokr_w2_a", W2A), new("lokr_w2_b", W2B)];
        SetFactors(w1, w2a, w2b);
    }

    public override string Method => "lokr";

    public int Rank { get; }

    /// <summary>s = alpha / r.</summary>
    public double Scale { get; }

    /// <summary>What the widths were split at; null: as evenly as possible.</summary>
    public int? Factor { get; }

    public Tensor W1 { get; }

    public Tensor W2A { get; }

    public Tensor W2B { get; }

    public override IReadOnlyList<NamedTensor> Trainable { get; }

    public override IReadOnlyList<NamedTensor> Frozen => [];

    /// <summary>Copies w1 [l, m], w2a [k, r] and w2b [r, n] into the parameters.</summary>
    /// <exception cref="NoraException">Other shapes.</exception>
    public void SetFactors(Tensor w1, Tensor w2a, Tensor w2b)
    {
        Set(W1, w1, "lokr_w1");
        Set(W2A, w2a, "lokr_w2_a");
        Set(W2B, w2b, "lokr_w2_b");
    }

    public override Tensor Forward(Tensor x, Tensor output)
    {
        using var scope = NewDisposeScope();
        var square = Drop(x).reshape([.. x.shape[..^1], W1.shape[1], W2B.shape[1]]); // [.., m, n]
        var down = nn.functional.linear(square, W2B.to(x.dtype)); // [.., m, r]
        var up = nn.functional.linear(down, W2A.to(x.dtype)); // [.., m, k]
        var mixed = W1.to(x.dtype).matmul(up); // [.., l, k]
        return (output + mixed.reshape(output.shape) * Scale).MoveToOuterDisposeScope(); // [.., out]
    }

    /// <summary>kron(w1, w2a·w2b) = kron(w1, w2a)·kron(1, w2b) = kron(1, w2a)·kron(w1, w2b): rank r·min(l, m).</summary>
    public override LowRankFactors Fold()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var one = eye(Math.Min(W1.shape[0], W1.shape[1]), dtype: ScalarType.Float32, device: W1.device);
        var (left, right) = W1.shape[1] <= W1.shape[0] ? (W1.detach(), one) : (one, W1.detach());
        var b = left.kron(W2A) * Scale; // [out, r·min]
        var a = right.kron(W2B); // [r·min, in]
        return new LowRankFactors(a, b).MoveToOuterScope();
    }
}
