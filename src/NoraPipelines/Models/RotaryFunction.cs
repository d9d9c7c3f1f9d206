using NoraPipelines.Kernels;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace NoraPipelines.Models;

/// <summary>
/// Queries or keys, turned by their positions and laid head by head (<see cref="RotaryKernel"/> has the formula), with a backward pass of
/// its own: the graph keeps nothing but the angles, which all layers share.
/// </summary>
// Arguments: x, cosines, sines, what holds the gradient.
internal sealed class RotaryFunction : SingleTensorFunction<RotaryFunction>
{
    public override string Name => nameof(RotaryFunction);

    /// <summary>x [rows, tokens, heads, size] → [rows, heads, tokens, size].</summary>
    /// <param name="returned">Null where no backward pass follows.</param>
    public static Tensor Run(Tensor x, in RotaryAngles angles, ReturnedGradients? returned)
    {
        if (!RotaryKernel.Takes(x)) return angles.Apply(x.transpose(1, 2));
        if (!is_grad_enabled() || !x.requires_grad) return RotaryKernel.Forward(x, angles.Cosine, angles.SignedSine);
        return returned is null ? angles.Apply(x.transpose(1, 2)) : apply(x, angles.Cosine, angles.SignedSine, returned);
    }

    public override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        var (x, cosine, sine) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        ctx.save_data("returned", vars[3]);
        ctx.save_for_backward([cosine, sine]);
        return RotaryKernel.Forward(x, cosine, sine);
    }

    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        Tensor[] gradients = [RotaryKernel.Backward(grad_output, saved[0], saved[1])];
        grad_output.Dispose();
        ((ReturnedGradients)ctx.get_data("returned")).Replace(gradients);
        return [gradients[0], null!, null!, null!];
    }
}
