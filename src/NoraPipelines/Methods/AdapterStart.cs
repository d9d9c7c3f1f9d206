using NoraPipelines.Initialization;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>Starts adapters: from a folder, to go on training what somebody trained before, or one after the other from a method's formula.</summary>
public static class AdapterStart
{
    /// <summary>
    /// Copies the tensors of every module; both sides must have the same modules and ranks. Where a LoRA folder has another scale than the
    /// spec (alpha / rank, or rsLoRA), B absorbs the difference, so that the function is the same. What trains beside the adapters, a
    /// classifier's head, is copied too.
    /// </summary>
    /// <param name="folder">In the form that the adapters' method goes on from, or a run's folder, which holds all forms.</param>
    /// <param name="model">That the adapters are on.</param>
    /// <param name="report">Told what the folder's config has that means nothing on this model.</param>
    /// <exception cref="Checkpoints.CheckpointException">The folder is missing, damaged, or of another form.</exception>
    /// <exception cref="NoraException">A module, rank, structure or shape is not that of the adapters.</exception>
    public static InitializationReport Read(string folder, AdapterSet adapters, IAdaptableModel model, Action<string>? report = null)
    {
        if (adapters.Items.Count == 0) throw new NoraException($"{folder}: the model has no adapter that could go on from it. Place adapters first.");
        using var noGradient = no_grad();
        AdapterMethods.Of(adapters.Items[0].Adapter.Method).GoesOnFrom.Read(folder, adapters, model, report);
        return new InitializationReport([.. adapters.Items.Select(item =>
            new ProjectionInitialization(item.Projection.Path, 0, StartSize.Relative(item.Adapter, item.Projection.Weight), null)
            {
                GoesOn = true,
            })]);
    }

    /// <summary>Starts every adapter by itself, from its weight and a seed that depends on the run's and on the projection's path alone.</summary>
    /// <typeparam name="T">The adapters of the method.</typeparam>
    /// <param name="method">For messages.</param>
    /// <param name="start">Is given the adapter, W [out, in] in the model's dtype, and the seed.</param>
    /// <exception cref="NoraException">An adapter of another method, or one from <paramref name="start"/>, then with the projection's path.</exception>
    internal static InitializationReport ForEach<T>(AdapterSet adapters, string method, int seed, Action<T, Tensor, long> start)
        where T : Adapter
    {
        using var noGradient = no_grad();
        var projections = new List<ProjectionInitialization>();
        foreach (var (projection, adapter) in adapters.Items)
        {
            if (adapter is not T own)
            {
                throw new NoraException(
                    $"{projection.Path} has a {adapter.Method} adapter; this start is for {method}. Use the start of its method.");
            }
            using var scope = NewDisposeScope();
            try
            {
                start(own, projection.Weight, Seeds.Mix(seed, projection.Path));
            }
            catch (NoraException e)
            {
                throw new NoraException($"{projection.Path}: {e.Message}", e);
            }
            projections.Add(new(projection.Path, 0, StartSize.Relative(adapter, projection.Weight), null));
        }
        return new InitializationReport(projections);
    }
}
