using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// LoRA-XS (Bałazy et al. 2024): one small matrix between two frozen factors.
/// <code>
///              ┌─────────── W ───────────┐
///     x [in] ──┤                         + ── h [out]      h = W·x + s·B·R·A·x,   s = alpha / r
///              └─ A ── r ── R ── r ── B ──┘
///
///     A [r, in], B [out, r]  frozen, model's dtype        R [r, r]  trains, float32       r² parameters
/// </code>
/// </summary>
public sealed class LoraXsAdapter : FrozenOuterAdapter
{
    /// <summary>All factors are zero until <see cref="FrozenOuterAdapter.SetOuter"/> and <see cref="SetCore"/>.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow, or a dropout outside [0, 1).</exception>
    public LoraXsAdapter(int outFeatures, int inFeatures, int rank, double alpha, double dropout, ScalarType dtype, Device device)
        : base(outFeatures, inFeatures, rank, alpha, dropout, dtype, device)
    {
        Core = TrainableZeros(device, rank, rank);
        Trainable = [new("core", Core)];
    }

    public override string Method => "lora_xs";

    /// <summary>None: R is square.</summary>
    public override int? InnerRank => null;

    public Tensor Core { get; }

    public override IReadOnlyList<NamedTensor> Trainable { get; }

    /// <summary>Copies r [r, r] into the parameter.</summary>
    /// <exception cref="NoraException">Another shape.</exception>
    public void SetCore(Tensor r) => Set(Core, r, "core");

    internal override bool HasCore => true;

    internal override Tensor CoreMatrix(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        return (Core * Scale).to(dtype).MoveToOuterDisposeScope();
    }

    internal override IReadOnlyList<Tensor> CoreGradients(Tensor ofCore)
    {
        using var scope = NewDisposeScope();
        return [(ofCore.to(ScalarType.Float32) * Scale).MoveToOuterDisposeScope()];
    }

    public override Tensor Forward(Tensor x, Tensor output)
    {
        using var scope = NewDisposeScope();
        var down = nn.functional.linear(Drop(x), OuterA); // [.., r]
        var turned = nn.functional.linear(down, Core.to(down.dtype)); // [.., r]
        return AddProduct(output, turned, OuterB, Scale).MoveToOuterDisposeScope(); // [.., out]
    }

    /// <summary>R·A and s·B: rank r.</summary>
    public override LowRankFactors Fold()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var a = Core.mm(OuterA.to(ScalarType.Float32)); // [r, in]
        var b = OuterB.to(ScalarType.Float32) * Scale; // [out, r]
        return new LowRankFactors(a, b).MoveToOuterScope();
    }
}
