using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Evaluation;

/// <summary>While it lives: no gradients, and no adapter drops out. Disposing it brings back what was.</summary>
internal sealed class EvaluationMode : IDisposable
{
    private readonly IDisposable _noGradient = no_grad();
    private readonly Action[] _restore;

    public EvaluationMode(IAdaptableModel model)
    {
        var training = model.Projections.Select(projection => projection.Adapter).Where(adapter => adapter is { Training: true }).ToArray();
        var modules = model.TrainedModules.Where(module => module.Training).ToArray();
        _restore =
        [
            .. training.Select(adapter => (Action)(() => adapter!.Training = true)),
            .. modules.Select(module => (Action)(() => module.Training = true)),
        ];
        foreach (var adapter in training) adapter!.Training = false;
        foreach (var module in modules) module.Training = false;
    }

    public void Dispose()
    {
        foreach (var restore in _restore) restore();
        _noGradient.Dispose();
    }
}
