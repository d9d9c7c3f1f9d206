using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// LoRA (Hu et al. 2021; Eq. 1 of the NoRA paper).
/// <code>
///              ┌────── W ──────┐
///     x [in] ──┤               + ── h [out]      h = W·x + s·B·A·x,   s = alpha / r
///              └─ A ── r ── B ──┘
///
///     A [r, in], B [out, r]  train, float32       r·(in + out) parameters
/// </code>
/// A's gradient needs x itself: the graph keeps it for every adapted projection.
/// </summary>
public class LoraAdapter : Adapter
{
    /// <summary>A is drawn from U(−1/√in, 1/√in) with <paramref name="seed"/>, which is PEFT's Kaiming uniform of √5; B is zero.</summary>
    /// <exception cref="NoraException">A rank below 1, or a dropout outside [0, 1).</exception>
    public LoraAdapter(int outFeatures, int inFeatures, int rank, double alpha, double dropout, Device device, long seed = 0)
        : this(outFeatures, inFeatures, rank, alpha / rank, dropout, device, seed, trainsA: true)
    {
    }

    /// <summary>A variant with another scale, or whose A is frozen.</summary>
    private protected LoraAdapter(
        int outFeatures, int inFeatures, int rank, double scale, double dropout, Device device, long seed, bool trainsA)
        : base(outFeatures, inFeatures, dropout)
    {
        if (rank < 1) throw new NoraException($"The rank is {rank}; it must be at least 1.");
        Rank = rank;
        Scale = scale;
        A = TrainableZeros(device, rank, inFeatures);
        B = TrainableZeros(device, outFeatures, rank);
        if (!trainsA) A.requires_grad_(false);
        (Trainable, Frozen) = trainsA
            ? ((NamedTensor[])[new("lora_a", A), new("lora_b", B)], (NamedTensor[])[])
            : ([new("lora_b", B)], [new("lora_a", A)]);

        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed, CPU);
        var bound = 1 / Math.Sqrt(inFeatures);
        Set(A, rand([rank, inFeatures], generator: generator).mul_(2 * bound).sub_(bound), "lora_a");
    }

    public override string Method => "lora";

    public int Rank { get; }

    /// <summary>s: alpha / r, or what a variant makes of alpha.</summary>
    public double Scale { get; }

    public Tensor A { get; }

    public Tensor B { get; }

    public override IReadOnlyList<NamedTensor> Trainable { get; }

    public override IReadOnlyList<NamedTensor> Frozen { get; }

    /// <summary>Copies b [out, r] and a [r, in] into the parameters.</summary>
    /// <exception cref="NoraException">Other shapes.</exception>
    public void SetFactors(Tensor b, Tensor a)
    {
        Set(B, b, "lora_b");
        Set(A, a, "lora_a");
    }

    internal override int? StartRank => Rank;

    internal override void GoOnFrom(Tensor a, Tensor b, double scale) => SetFactors(b * (scale / Scale), a);

    public override Tensor Forward(Tensor x, Tensor output)
    {
        using var scope = NewDisposeScope();
        var down = nn.functional.linear(Drop(x), A.to(x.dtype)); // [.., r]
        return AddProduct(output, down, B.to(x.dtype), Scale).MoveToOuterDisposeScope(); // [.., out]
    }

    /// <summary>Copies of A and s·B: rank r.</summary>
    public override LowRankFactors Fold()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return new LowRankFactors(A.detach().clone(), B.detach() * Scale).MoveToOuterScope();
    }
}
