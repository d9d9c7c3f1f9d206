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
        var (x, norm) = ((Tensor)vars[0], (RmsNorm)vars[1]);
        var (y, inverse) = norm.Normalize(x);
        ctx.save_data("norm", norm);
        ctx.save_data("returned", vars[2]);
        ctx.save_for_backward([x, inverse]);
        return y;
    }

    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        Tensor[] gradients = [((RmsNorm)ctx.get_data("norm")).InputGradient(saved[0], saved[1], grad_output)];
        grad_output.Dispose();
        ((ReturnedGradients)ctx.get_data("returned")).Replace(gradients);
        return [gradients[0], null!, null!];
    }
}
