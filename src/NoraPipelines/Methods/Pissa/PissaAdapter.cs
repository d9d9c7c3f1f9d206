using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// PiSSA (Meng et al. 2024): LoRA that starts as the principal part of W, which is taken out of W.
/// <code>
///              ┌─────── W ──────────┐
///     x [in] ──┼─ A₀ ── r ── B₀ ─(−)─┼ + ── h [out]      h = W_res·x + s·B·A·x,   W_res = W − s·B₀·A₀,   s = alpha / r
///              └─ A ─── r ── B ──────┘
///
///     A  [r, in], B  [out, r]  train, float32             r·(in + out) parameters
///     A₀ [r, in], B₀ [out, r]  frozen, float32: A and B as they started
/// </code>
/// W_res is never formed: the start is subtracted beside W, so neither the model's weight nor the base on disk changes, and the whole
/// change is a LoRA of rank 2r, as PEFT's conversion of PiSSA has it.
/// </summary>
public sealed class PissaAdapter : Adapter
{
    /// <summary>All factors are zero until <see cref="SetStart"/>.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow, or a dropout outside [0, 1).</exception>
    public PissaAdapter(int outFeatures, int inFeatures, int rank, double alpha, double dropout, Device device)
        : base(outFeatures, inFeatures, dropout)
    {
        var largest = Math.Min(outFeatures, inFeatures);
        if (rank < 1 || rank > largest)
            throw new NoraException($"The rank is {rank}; a [{outFeatures}, {inFeatures}] projection allows 1 to {largest}.");
        if (!(alpha > 0)) throw new NoraException($"PiSSA's alpha is {alpha}; it must be above 0, since the start is divided by the scale.");
        (Rank, Scale) = (rank, alpha / rank);
        A = TrainableZeros(device, rank, inFeatures);
        B = TrainableZeros(device, outFeatures, rank);
        StartA = zeros([rank, inFeatures], ScalarType.Float32, device).DetachFromDisposeScope();
        StartB = zeros([outFeatures, rank], ScalarType.Float32, device).DetachFromDisposeScope();
        Trainable = [new("lora_a", A), new("lora_b", B)];
        Frozen = [new("start_a", StartA), new("start_b", StartB)];
    }

    public override string Method => "pissa";

    public int Rank { get; }

    /// <summary>s = alpha / r.</summary>
    public double Scale { get; }

    public Tensor A { get; }

    public Tensor B { get; }

    /// <summary>A₀.</summary>
    public Tensor StartA { get; }

    /// <summary>B₀.</summary>
    public Tensor StartB { get; }

    public override IReadOnlyList<NamedTensor> Trainable { get; }

    public override IReadOnlyList<NamedTensor> Frozen { get; }

    /// <summary>Copies b [out, r] and a [r, in] into what is taken out of W, and into the parameters.</summary>
    /// <exception cref="NoraException">Other shapes.</exception>
    public void SetStart(Tensor b, Tensor a)
    {
        Set(StartB, b, "start_b");
        Set(StartA, a, "start_a");
        SetFactors(b, a);
    }

    /// <summary>Copies b [out, r] and a [r, in] into the parameters alone.</summary>
    /// <exception cref="NoraException">Other shapes.</exception>
    public void SetFactors(Tensor b, Tensor a)
    {
        Set(B, b, "lora_b");
        Set(A, a, "lora_a");
    }

    /// <summary>W_res [out, in] float32 of a weight W [out, in].</summary>
    public Tensor Residual(Tensor weight)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return weight.to(ScalarType.Float32).addmm(StartB, StartA, beta: 1, alpha: -(float)Scale).MoveToOuterDisposeScope();
    }

    internal override int? StartRank => 2 * Rank;

    internal override string StartRankInWords => $"needs twice its own, {StartRank}";

    /// <summary>PEFT's conversion: [A; A₀] and [B, −B₀].</summary>
    internal override void GoOnFrom(Tensor a, Tensor b, double scale)
    {
        var scaled = b * (scale / Scale); // [out, 2r]
        SetStart(-scaled[.., Rank..], a[Rank..]);
        SetFactors(scaled[.., ..Rank], a[..Rank]);
    }

    public override Tensor Forward(Tensor x, Tensor output)
    {
        using var scope = NewDisposeScope();
        // W_res belongs to the frozen model, so dropout does not act on it.
        var start = nn.functional.linear(x, StartA.to(x.dtype)); // [.., r]
        var residual = AddProduct(output, start, StartB.to(x.dtype), -Scale); // [.., out]
        var down = nn.functional.linear(Drop(x), A.to(x.dtype)); // [.., r]
        return AddProduct(residual, down, B.to(x.dtype), Scale).MoveToOuterDisposeScope(); // [.., out]
    }

    /// <summary>[A; A₀] and s·[B, −B₀]: rank 2r, for the model's own W.</summary>
    public override LowRankFactors Fold()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var a = cat([A, StartA], 0); // [2r, in]
        var b = cat([B, -StartB], 1) * Scale; // [out, 2r]
        return new LowRankFactors(a, b).MoveToOuterScope();
    }
}
