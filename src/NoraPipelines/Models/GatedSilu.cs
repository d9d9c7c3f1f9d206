using NoraPipelines.Interop;
using NoraPipelines.Kernels;
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

    /// <param name="returned">Null where no backward pass follows.</param>
    public static Tensor Run(Tensor gate, Tensor up, ReturnedGradients? returned)
    {
        if (!is_grad_enabled() || !(gate.requires_grad || up.requires_grad)) return Value(gate, up);
        return returned is null ? nn.functional.silu(gate) * up : apply(gate, up, returned);
    }

    private static Tensor Value(Tensor gate, Tensor up) =>
        FusedCpu.Takes(gate) ? GatedSiluKernel.Forward(gate, up) : nn.functional.silu(gate).mul_(up);

    public override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        var (gate, up) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.save_data("returned", vars[2]);
        ctx.save_for_backward([gate, up]);
        return Value(gate, up);
    }

    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var (gate, up) = (saved[0], saved[1]);
        var (ofGate, ofUp) = FusedCpu.Takes(gate)
            ? GatedSiluKernel.Backward(gate, up, grad_output)
            : (LibtorchOperators.SiluGradient(grad_output * up, gate), nn.functional.silu(gate).mul_(grad_output));
        Tensor[] gradients = [ofGate, ofUp];
        grad_output.Dispose();
        ((ReturnedGradients)ctx.get_data("returned")).Replace(gradients);
        return [.. gradients, null!];
    }
}
