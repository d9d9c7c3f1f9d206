using NoraPipelines.Interop;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace NoraPipelines.Models;

/// <summary>
/// silu(gate) ⊙ up, whose graph keeps gate and up alone: silu(gate), as large as either, is made again in the backward pass.
/// <code>
///     d up = dy ⊙ silu(gate)         d gate = dy ⊙ up ⊙ silu′(gate)
/// </code>
/// </summary>
// Shapes: all [.., feedForward], of one dtype. Arguments: gate, up, what holds the gradients.
internal sealed class GatedSilu : SingleTensorFunction<GatedSilu>
{
    public override string Name => nameof(GatedSilu);

    public static Tensor Run(Tensor gate, Tensor up, ReturnedGradients returned) => apply(gate, up, returned);

    public override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        var (gate, up) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.save_data("returned", vars[2]);
        ctx.save_for_backward([gate, up]);
        return nn.functional.silu(gate).mul_(up);
    }

    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var (gate, up) = (saved[0], saved[1]);
        Tensor[] gradients = [LibtorchOperators.SiluGradient(grad_output * up, gate), nn.functional.silu(gate).mul_(grad_output)];
        grad_output.Dispose();
        ((ReturnedGradients)ctx.get_data("returned")).Replace(gradients);
        return [.. gradients, null!];
    }
}
