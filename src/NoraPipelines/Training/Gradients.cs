using NoraPipelines.Interop;
using NoraPipelines.Models;
using TorchSharp;

namespace NoraPipelines.Training;

/// <summary>What is done to the gradients between the backward pass and the optimizer.</summary>
public static class Gradients
{
    private const long NumbersAtOnce = 1 << 22; // 16 MB of float32

    /// <summary>
    /// Scales all gradients by maxNorm / (norm + 1e-6) where their joint 2-norm is above <paramref name="maxNorm"/>, as
    /// torch.nn.utils.clip_grad_norm_ does; null clips nothing. Parameters without a gradient count as zero. A norm that is not
    /// finite leaves the gradients as they are: the caller sees it and refuses the step.
    /// </summary>
    /// <returns>The norm before clipping. Reading it is the only synchronisation with the device.</returns>
    public static double ClipNorm(IReadOnlyList<NamedTensor> parameters, double? maxNorm)
    {
        if (maxNorm is { } bound && !(bound > 0))
            throw new NoraException($"The norm of the gradient cannot be clipped to {bound}; give a number above 0.");
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        var gradients = new List<torch.Tensor>(parameters.Count);
        foreach (var parameter in parameters)
        {
            if (parameter.Value.grad is { } gradient) gradients.Add(gradient);
        }
        if (gradients.Count == 0) return 0.0;

        var norm = Norm(gradients);
        if (maxNorm is { } limit && double.IsFinite(norm) && limit / (norm + 1e-6) is var factor and < 1.0)
            LibtorchOperators.Scale(gradients, torch.full([], factor, torch.float32, gradients[0].device));
        return norm;
    }

    /// <summary>
    /// Small tensors are put behind each other first: few calls, where a norm of each would take as many launches as there are tensors. Sums, unlike norms,
    /// are added up in a cascade, which keeps their digits.
    /// </summary>
    private static double Norm(IReadOnlyList<torch.Tensor> gradients)
    {
        var (sums, pending, numbers) = (new List<torch.Tensor>(), new List<torch.Tensor>(), 0L);
        foreach (var gradient in gradients)
        {
            if (numbers + gradient.numel() > NumbersAtOnce) AddPending();
            pending.Add(gradient.reshape(-1).to(torch.float32));
            numbers += gradient.numel();
        }
        AddPending();
        return Math.Sqrt(DeviceRead.Number(torch.stack(sums).sum()));

        void AddPending()
        {
            if (pending.Count == 0) return;
            using var all = pending.Count == 1 ? pending[0].alias() : torch.cat(pending);
            foreach (var piece in all.split(NumbersAtOnce))
            {
                using var squares = piece.square();
                sums.Add(squares.sum());
            }
            pending.Clear();
            numbers = 0;
        }
    }
}
