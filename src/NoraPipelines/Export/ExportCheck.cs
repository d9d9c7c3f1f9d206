using NoraPipelines.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>Loads an exported adapter back and compares the model's outputs with those of the run's own adapters.</summary>
public static class ExportCheck
{
    /// <summary>
    /// Compares every factor, which must be the same but for the last bits, then the outputs on a made-up batch: those with the adapters that
    /// are on the model, and those with the folder's in their place, after which the first are put back. Folding changes the order of
    /// float additions, so a small difference of logits is right.
    /// </summary>
    /// <returns>The root mean square of the difference, divided by that of the logits.</returns>
    /// <exception cref="NoraException">The folder cannot be loaded, or holds another adapter.</exception>
    public static double Verify(IAdaptableModel model, AdapterSet adapters, string folder)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (PeftForm.Of(folder) is { } form) return CompareOutputs(model, adapters, folder, () => LoadMethod(model, adapters, folder, form));
        using var loaded = PeftAdapter.Load(folder);
        CompareFactors(loaded, adapters);
        return CompareOutputs(model, adapters, folder, () => loaded.AttachTo(model));
    }

    private static double CompareOutputs(IAdaptableModel model, AdapterSet adapters, string folder, Func<AdapterSet> attach)
    {
        var training = adapters.Training;
        adapters.Training = false;
        var own = Output(model);
        Tensor theirs;
        foreach (var (projection, _) in adapters.Items) projection.Adapter = null;
        try
        {
            using var set = attach();
            theirs = Output(model);
        }
        finally
        {
            foreach (var (projection, adapter) in adapters.Items) projection.Adapter = adapter;
            adapters.Training = training;
        }
        var difference = (own - theirs).norm().ToDouble() / Math.Max(own.norm().ToDouble(), 1e-30);
        // bfloat16 has 8 significant bits, and the run rounds between its factors where the folded ones do not.
        var bound = model.Dtype == ScalarType.Float32 ? 1e-3 : 0.1;
        if (difference <= bound) return difference;
        throw new NoraException($"{folder}: with the exported adapter the model's logits differ from the run's by {difference:0.##e+0} of "
            + $"their size; rounding explains at most {bound:0.##e+0}. Do not use it; train in float32 to see whether it persists.");
    }

    /// <summary>A folder of a method's own form on the model, whose tensors are the run's.</summary>
    private static AdapterSet LoadMethod(IAdaptableModel model, AdapterSet adapters, string folder, PeftForm form)
    {
        var set = MethodFolder.Attach(model, folder);
        var loaded = set.Items.ToDictionary(item => item.Projection.Path, item => item.Adapter, StringComparer.Ordinal);
        foreach (var (projection, adapter) in adapters.Items)
        {
            using var scope = NewDisposeScope();
            if (set.Items.Count == adapters.Items.Count && loaded.TryGetValue(projection.Path, out var theirs) && theirs.Method == adapter.Method
                && form.Tensors(theirs) is var read && form.Tensors(adapter).All(tensor => Equal(tensor.Value, read[tensor.Key]))) continue;
            set.Dispose();
            throw new NoraException($"{folder}: what it holds for {projection.Path} is not the adapter of this run. The folder was changed, or "
                + "belongs to another run: export it again.");
        }
        return set;
    }

    private static void CompareFactors(PeftAdapter loaded, AdapterSet adapters)
    {
        foreach (var (projection, adapter) in adapters.Items)
        {
            using var scope = NewDisposeScope();
            var own = adapter.Fold();
            if (own is null || !loaded.Modules.TryGetValue(projection.Path, out var module) || module.Rank < own.Rank || !Same(own, module.Fold()))
            {
                throw new NoraException($"{loaded.Folder}: what it holds for {projection.Path} is not the adapter of this run. The folder "
                    + "was changed, or belongs to another run: export it again.");
            }
        }
        if (loaded.Modules.Count == adapters.Items.Count) return;
        throw new NoraException(
            $"{loaded.Folder}: adapts {loaded.Modules.Count} projections, the run {adapters.Items.Count}. Export it again.");
    }

    /// <summary>Whether the first rows and columns agree and the padding is zero.</summary>
    private static bool Same(LowRankFactors own, LowRankFactors loaded) =>
        Equal(own.A.cpu(), loaded.A[..own.Rank]) && Equal(own.B.cpu(), loaded.B[.., ..own.Rank])
        && loaded.A[own.Rank..].count_nonzero().item<long>() == 0;

    /// <summary>Equal but for what a second folding on another kernel may change.</summary>
    private static bool Equal(Tensor left, Tensor right) =>
        left.shape.SequenceEqual(right.shape) && left.allclose(right, rtol: 1e-4, atol: 1e-6 * left.abs().max().ToDouble());

    private static Tensor Output(IAdaptableModel model) => model.Probe().to(ScalarType.Float32);
}
