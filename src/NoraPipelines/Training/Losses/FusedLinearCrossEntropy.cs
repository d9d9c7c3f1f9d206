using NoraPipelines.Kernels;
using NoraPipelines.Plans;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace NoraPipelines.Training;

/// <summary>
/// −Σ log softmax(states·headᵀ)[target]. The logits of a large vocabulary are the largest tensor of a step, so they are made for a few
/// rows at a time, and each piece's gradient (softmax − one-hot)·head is taken while the piece is there: only [labelled, hidden] is kept
/// until the backward pass, which scales it.
/// </summary>
// Arguments: states [labelled, hidden], head [vocabulary, hidden], targets [labelled] int64. Result: a float32 scalar.
internal sealed class FusedLinearCrossEntropy : SingleTensorFunction<FusedLinearCrossEntropy>
{
    /// <summary>
    /// Rows of one piece, at least 128, since the head is read once a piece. On a CPU logits of bfloat16 are then just below the 32 MiB from which
    /// on glibc asks the system for fresh pages every time; a GPU wants larger products, 128 MiB in float32.
    /// </summary>
    internal static long RowsAtOnce(long vocabulary, DeviceType device) =>
        device == DeviceType.CPU ? MemoryEstimate.LogitRows(vocabulary) : Math.Max(128, (1L << 25) / vocabulary);

    public override string Name => nameof(FusedLinearCrossEntropy);

    public static Tensor Sum(Tensor states, Tensor head, Tensor targets, long? rowsAtOnce = null)
    {
        var rows = rowsAtOnce ?? RowsAtOnce(head.shape[0], head.device_type);
        var differentiate = is_grad_enabled();
        return apply(states, head, targets, new Pass(rows, differentiate && states.requires_grad, differentiate && head.requires_grad));
    }

    public override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        var (states, head, targets, pass) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Pass)vars[3]);
        ctx.save_data("pass", pass);
        using var scope = NewDisposeScope();
        var sum = zeros([], ScalarType.Float32, states.device);
        var statesGradient = pass.OfStates ? empty_like(states) : null; // [labelled, hidden]
        var headGradient = pass.OfHead ? zeros_like(head) : null; // [vocabulary, hidden]
        for (long start = 0; start < states.shape[0]; start += pass.Rows)
        {
            using var piece = NewDisposeScope();
            var rows = Math.Min(pass.Rows, states.shape[0] - start);
            var some = states.narrow(0, start, rows); // [rows, hidden]
            var target = targets.narrow(0, start, rows); // [rows]
            var logits = nn.functional.linear(some, head); // [rows, vocabulary]
            if (FusedCpu.Takes(logits))
            {
                sum.add_(SoftmaxLossKernel.Losses(logits, target, overwrite: pass.OfStates || pass.OfHead).sum());
                AddGradients(logits);
                continue;
            }
            target = target.unsqueeze(1); // [rows, 1]
            var logarithms = logits.log_softmax(-1, ScalarType.Float32); // [rows, vocabulary]
            sum.sub_(logarithms.gather(1, target).sum());
            if (!pass.OfStates && !pass.OfHead) continue;

            var minusOne = full_like(target, -1, ScalarType.Float32);
            AddGradients(logarithms.exp_().scatter_add_(1, target, minusOne).to(head.dtype));

            // error [rows, vocabulary]: softmax − one-hot
            void AddGradients(Tensor error)
            {
                statesGradient?.narrow(0, start, rows).copy_(error.mm(head));
                headGradient?.addmm_(error.t(), some);
            }
        }
        ctx.save_for_backward([.. new[] { statesGradient, headGradient }.OfType<Tensor>()]);
        statesGradient?.MoveToOuterDisposeScope();
        headGradient?.MoveToOuterDisposeScope();
        return sum.MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        var pass = (Pass)ctx.get_data("pass");
        using var scope = NewDisposeScope();
        var saved = new Queue<Tensor>(ctx.get_saved_variables());
        // grad_output is a float32 scalar: it multiplies in float32 and only the product is rounded.
        var ofStates = pass.OfStates ? (saved.Dequeue() * grad_output).MoveToOuterDisposeScope() : null;
        var ofHead = pass.OfHead ? (saved.Dequeue() * grad_output).MoveToOuterDisposeScope() : null;
        return [ofStates!, ofHead!, null!, null!];
    }

    private sealed record Pass(long Rows, bool OfStates, bool OfHead);
}
