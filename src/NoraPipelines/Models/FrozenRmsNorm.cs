using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace NoraPipelines.Models;

/// <summary>
/// <see cref="RmsNorm"/> with a gain that does not train, and its backward pass in one go. The graph keeps x in the model's dtype and one
/// number a row; the plain composition keeps x in float32 twice and takes as many passes over it again.
/// <code>
///     y = x·i ⊙ g,   i = 1 / √(mean(x²) + ε)           dx = i·p − x·i³·mean(p ⊙ x),   p = dy ⊙ g
/// </code>
/// </summary>
// Shapes: x, y, p [.., hidden], i [.., 1]. Arguments: x, the norm, what holds the gradient.
internal sealed class FrozenRmsNorm : SingleTensorFunction<FrozenRmsNorm>
{
    public override string Name => nameof(FrozenRmsNorm);

    public static Tensor Run(Tensor x, RmsNorm norm, ReturnedGradients returned) => apply(x, norm, returned);

    public override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        var (x, norm) = ((Tensor)vars[0], (RmsNorm)vars[1]);
        var inverse = norm.InverseRoot(x); // [.., 1]
        ctx.save_data("norm", norm);
        ctx.save_data("returned", vars[2]);
        ctx.save_for_backward([x, inverse]);
        inverse.MoveToOuterDisposeScope();
        return norm.Scale(x.to(ScalarType.Float32) * inverse, x.dtype).MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var (x, inverse) = (saved[0].to(ScalarType.Float32), saved[1]);
        var p = ((RmsNorm)ctx.get_data("norm")).ScaleGradient(grad_output); // [.., hidden]
        var along = (p * x).mean([-1L], keepdim: true).mul_(inverse.pow(3)); // [.., 1]
        Tensor[] gradients = [p.mul_(inverse).addcmul_(x, along, -1).to(saved[0].dtype)];
        grad_output.Dispose();
        ((ReturnedGradients)ctx.get_data("returned")).Replace(gradients);
        return [gradients[0], null!, null!];
    }
}
