using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// AdaLoRA (Zhang et al. 2023): a change in the form of an SVD, whose triples a <see cref="RankAllocator"/> drops where they matter least.
/// <code>
///              ┌─────────── W ────────────┐
///     x [in] ──┤                          + ── h [out]      h = W·x + s·P·diag(E)·Q·x,   s = alpha / (r + 1e-5)
///              └─ Q ── r ── ⊙ E ── r ── P ┘
///
///     Q [r, in], E [r, 1], P [out, r]  train, float32       r·(in + out) + r parameters
/// </code>
/// E starts at 0. A dropped triple has E = 0 and is set back to it after every step. The scale keeps the rank of the start, as in PEFT,
/// so that dropping triples changes no other.
/// </summary>
public sealed class AdaLoraAdapter : Adapter
{
    // peft/tuners/adalora/layer.py adds it to ranknum.
    private const double Tiny = 1e-5;

    /// <summary>All factors are zero until they are set.</summary>
    /// <param name="rank">Triples that the adapter has.</param>
    /// <param name="initialRank">The r of the scale; null: <paramref name="rank"/>. Another where dropped triples were left out of a file.</param>
    /// <exception cref="NoraException">A rank below 0, an r of the scale below 1, or a dropout outside [0, 1).</exception>
    public AdaLoraAdapter(
        int outFeatures, int inFeatures, int rank, double alpha, double dropout, Device device, int? initialRank = null)
        : base(outFeatures, inFeatures, dropout)
    {
        InitialRank = initialRank ?? rank;
        if (rank < 0 || InitialRank < 1) throw new NoraException($"The rank is {InitialRank}; it must be at least 1.");
        (Rank, Scale) = (rank, alpha / (InitialRank + Tiny));
        Q = TrainableZeros(device, rank, inFeatures);
        E = TrainableZeros(device, rank, 1);
        P = TrainableZeros(device, outFeatures, rank);
        Trainable = [new("lora_a", Q), new("lora_e", E), new("lora_b", P)];
    }

    public override string Method => "adalora";

    /// <summary>Triples that the tensors hold, dropped ones included.</summary>
    public int Rank { get; }

    /// <summary>r of the scale.</summary>
    public int InitialRank { get; }

    public double Scale { get; }

    /// <summary>lora_A of PEFT.</summary>
    public Tensor Q { get; }

    /// <summary>lora_E of PEFT.</summary>
    public Tensor E { get; }

    /// <summary>lora_B of PEFT.</summary>
    public Tensor P { get; }

    public override IReadOnlyList<NamedTensor> Trainable { get; }

    public override IReadOnlyList<NamedTensor> Frozen => [];

    /// <summary>Which triples have an effect: those whose E is not 0.</summary>
    public bool[] Kept()
    {
        using var scope = NewDisposeScope();
        return [.. E.detach().reshape(-1).ne(0).cpu().data<bool>()];
    }

    /// <summary>Copies p [out, r], e [r, 1] and q [r, in] into the parameters.</summary>
    /// <exception cref="NoraException">Other shapes.</exception>
    public void SetFactors(Tensor p, Tensor e, Tensor q)
    {
        Set(P, p, "lora_b");
        Set(E, e, "lora_e");
        Set(Q, q, "lora_a");
    }

    public override Tensor Forward(Tensor x, Tensor output)
    {
        if (Rank == 0) return output.alias(); // a file that kept no triple of this projection
        using var scope = NewDisposeScope();
        var down = nn.functional.linear(Drop(x), (Q * E).to(x.dtype)); // [.., r]
        return AddProduct(output, down, P.to(x.dtype), Scale).MoveToOuterDisposeScope(); // [.., out]
    }

    /// <summary>The triples that are kept; a projection that lost all of them has one of zeros.</summary>
    public override LowRankFactors Fold()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        long[] kept = [.. Kept().Index().Where(triple => triple.Item).Select(triple => (long)triple.Index)];
        if (kept.Length == 0)
            return new LowRankFactors(zeros(1, InFeatures, device: Q.device), zeros(OutFeatures, 1, device: P.device)).MoveToOuterScope();
        var index = tensor(kept, device: Q.device);
        var a = Q.index_select(0, index) * E.index_select(0, index); // [kept, in]
        var b = P.index_select(1, index) * Scale; // [out, kept]
        return new LowRankFactors(a, b).MoveToOuterScope();
    }
}
