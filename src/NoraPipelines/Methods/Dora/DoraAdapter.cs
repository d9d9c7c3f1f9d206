using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// DoRA (Liu et al. 2024): LoRA turns the rows of the weight, a vector g gives them their lengths.
/// <code>
///              ┌────── W ──────┐
///     x [in] ──┤               + ── ⊙ g / ‖W + s·B·A‖ ── h [out]      s = alpha / r
///              └─ A ── r ── B ──┘
///
///     h = g ⊙ (W + s·B·A)·x / ‖W + s·B·A‖ + bias,   the norm of each output row, without a gradient (section 4.3)
///
///     A [r, in], B [out, r], g [out]  train, float32       r·(in + out) + out parameters
/// </code>
/// W is the projection's own and never changes; ΔW has no low rank, since every row of W is rescaled.
/// </summary>
public sealed class DoraAdapter : Adapter
{
    private readonly Tensor _weight; // [out, in], the projection's
    private readonly Tensor? _bias; // [out], the projection's

    /// <summary>A and B are zero and g is ‖W‖, so that the model stays as it was until they are set.</summary>
    /// <exception cref="NoraException">A rank below 1, or a dropout outside [0, 1).</exception>
    public DoraAdapter(LinearProjection projection, int rank, double alpha, double dropout)
        : base(projection.OutFeatures, projection.InFeatures, dropout)
    {
        if (rank < 1) throw new NoraException($"The rank is {rank}; it must be at least 1.");
        (Rank, Scale, _weight, _bias) = (rank, alpha / rank, projection.Weight, projection.Bias);
        A = TrainableZeros(_weight.device, rank, InFeatures);
        B = TrainableZeros(_weight.device, OutFeatures, rank);
        Magnitude = TrainableZeros(_weight.device, OutFeatures);
        Trainable = [new("lora_a", A), new("lora_b", B), new("magnitude", Magnitude)];
        using var scope = NewDisposeScope();
        Set(Magnitude, RowNorms(), "magnitude");
    }

    public override string Method => "dora";

    public int Rank { get; }

    /// <summary>s = alpha / r.</summary>
    public double Scale { get; }

    public Tensor A { get; }

    public Tensor B { get; }

    /// <summary>g.</summary>
    public Tensor Magnitude { get; }

    public override IReadOnlyList<NamedTensor> Trainable { get; }

    public override IReadOnlyList<NamedTensor> Frozen => [];

    /// <summary>Copies b [out, r], a [r, in] and g [out] into the parameters.</summary>
    /// <exception cref="NoraException">Other shapes.</exception>
    public void SetFactors(Tensor b, Tensor a, Tensor magnitude)
    {
        Set(B, b, "lora_b");
        Set(A, a, "lora_a");
        Set(Magnitude, magnitude, "magnitude");
    }

    public override Tensor Forward(Tensor x, Tensor output)
    {
        using var scope = NewDisposeScope();
        var dropped = Drop(x);
        // As PEFT does, dropout acts on both ways of x where it acts at all.
        var plain = DropsOut ? nn.functional.linear(dropped, _weight) : _bias is null ? output : output - _bias; // W·x [.., out]
        var ratio = (Magnitude / RowNorms()).to(x.dtype); // [out]
        var down = nn.functional.linear(dropped, A.to(x.dtype)); // [.., r]
        var turned = nn.functional.linear(down, B.to(x.dtype)) * Scale; // [.., out]
        return (output + (ratio - 1) * plain + ratio * turned).MoveToOuterDisposeScope(); // [.., out]
    }

    /// <summary>Null: g / ‖W + s·B·A‖ rescales W itself.</summary>
    public override LowRankFactors? Fold() => null;

    public override Tensor Delta()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var ratio = (Magnitude / RowNorms()).unsqueeze(1); // [out, 1]
        return (ratio * Turned() - _weight.to(ScalarType.Float32)).MoveToOuterDisposeScope(); // [out, in]
    }

    /// <summary>‖W + s·B·A‖ of each row, [out] float32, constant for the backward pass.</summary>
    private Tensor RowNorms()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return Turned().norm(1).MoveToOuterDisposeScope();
    }

    private Tensor Turned() => _weight.to(ScalarType.Float32).addmm(B, A, beta: 1, alpha: (float)Scale); // [out, in]
}
