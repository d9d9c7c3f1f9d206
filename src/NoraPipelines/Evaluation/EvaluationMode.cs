using NoraPipelines.Models.Llama;
using static TorchSharp.torch;

namespace NoraPipelines.Evaluation;

/// <summary>While it lives: no gradients, and no adapter drops out. Disposing it brings back what was.</summary>
internal sealed class EvaluationMode : IDisposable
{
    private readonly IDisposable _noGradient = no_grad();
    private readonly Action[] _restore;

    public EvaluationMode(LlamaModel model)
    {
        var training = model.Projections.Select(projection => projection.Adapter).Where(adapter => adapter is { Training: true }).ToArray();
        _restore = [.. training.Select(adapter => (Action)(() => adapter!.Training = true))];
        foreach (var adapter in training) adapter!.Training = false;
    }

    public void Dispose()
    {
        foreach (var restore in _restore) restore();
        _noGradient.Dispose();
    }
}
