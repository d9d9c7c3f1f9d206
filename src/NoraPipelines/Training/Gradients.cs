using NoraPipelines.Models;
using TorchSharp;

namespace NoraPipelines.Training;

/// <summary>What is done to the gradients between the backward pass and the optimizer.</summary>
public static class Gradients
{
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

        var norms = torch.stack(gradients.Select(gradient => gradient.to(torch.float32).norm())); // [gradients]
        var norm = (double)norms.norm().ToSingle();
        if (maxNorm is { } limit && double.IsFinite(norm))
        {
            var factor = limit / (norm + 1e-6);
            if (factor < 1.0) foreach (var gradient in gradients) gradient.mul_(factor);
        }
        return norm;
    }
}
