using NoraPipelines.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace NoraPipelines.Adapters;

/// <summary>
/// A projection with a <see cref="FrozenOuterAdapter"/> as one function of x and the adapter's core M, all that is between A and B:
/// <code>
///     y = W·x + B·M·u,   u = A·x           v̇ = Bᵀ·ẏ       Ṁ = Σ v̇·uᵀ       ẋ = Wᵀ·ẏ + Aᵀ·Mᵀ·v̇         (a dot: the gradient)
/// </code>
/// The graph keeps u alone. Both terms of ẋ are summed within a product, and no gradient is made of what is frozen; the plain composition
/// adds them in passes of their own, one for each path and each projection of the same x.
/// </summary>
// Shapes: x [n, in], W [out, in], bias [out], A [r, in], M [r, r], B [out, r], y [n, out], u and v [n, r]; all of one dtype.
// Arguments: x, the weights, M, what holds the gradients.
internal sealed class FrozenOuterProduct : SingleTensorFunction<FrozenOuterProduct>
{
    public override string Name => nameof(FrozenOuterProduct);

    public static Tensor Run(Tensor x, LinearProjection projection, FrozenOuterAdapter adapter, Tensor core, ReturnedGradients returned) =>
        apply(x, new Weights(projection.Weight, projection.Bias, adapter.OuterA, adapter.OuterB, x.requires_grad), core, returned);

    public override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        var (x, weights, core) = ((Tensor)vars[0], (Weights)vars[1], (Tensor)vars[2]);
        var u = nn.functional.linear(x, weights.A); // [n, r]
        ctx.save_data("weights", weights);
        ctx.save_data("returned", vars[3]);
        ctx.save_for_backward([u, core]);
        u.MoveToOuterDisposeScope();
        var v = nn.functional.linear(u, core); // [n, r]
        return nn.functional.linear(x, weights.W, weights.Bias).addmm_(v, weights.B.t()).MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        var (weights, saved) = ((Weights)ctx.get_data("weights"), ctx.get_saved_variables());
        var (u, core) = (saved[0], saved[1]);
        var ofV = grad_output.mm(weights.B); // [n, r]
        var ofCore = ofV.t().mm(u); // [r, r]
        var ofX = weights.InputNeedsGradient ? grad_output.mm(weights.W).addmm_(ofV.mm(core), weights.A) : null; // [n, in]
        Tensor[] gradients = ofX is null ? [ofCore] : [ofCore, ofX];
        grad_output.Dispose();
        ((ReturnedGradients)ctx.get_data("returned")).Replace(gradients);
        return [ofX!, null!, ofCore, null!];
    }

    private sealed record Weights(Tensor W, Tensor? Bias, Tensor A, Tensor B, bool InputNeedsGradient);
}
