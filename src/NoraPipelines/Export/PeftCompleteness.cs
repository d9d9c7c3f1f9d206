using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Export;

/// <summary>Holds the modules of an adapter's file against those of a model that its config means: both must be the same.</summary>
internal static class PeftCompleteness
{
    private const int MostNamed = 12;

    /// <param name="folder">Of the adapter.</param>
    /// <param name="modules">That the file holds; the config means all of them, and the model has them.</param>
    /// <param name="report">Told what the config has that means nothing on this model; null: nobody.</param>
    /// <exception cref="CheckpointException">The file lacks modules, or trained biases, that the config means.</exception>
    public static void Check(string folder, IAdaptableModel model, PeftTargets targets, IReadOnlyCollection<string> modules, Action<string>? report)
    {
        string[] possible = [.. Possible(model, targets)];
        string[] meant = [.. possible.Where(targets.Contains)];
        string[] missing = [.. meant.Except(modules, StringComparer.Ordinal)];
        if (missing.Length > 0)
        {
            throw new CheckpointException($"{folder}: {AdapterFiles.PeftConfig} names {targets.Words(model.LayerCount)}; {AdapterFiles.PeftWeights} lacks "
                + $"{missing.Length} of {meant.Length} modules: {Named(missing)}. Get the file again, or write layers_to_transform or target_modules that "
                + "name what it holds.");
        }
        if (Biases(model, targets, modules) is { Length: > 0 } biases)
        {
            throw new CheckpointException($"{folder}: 'bias' of {AdapterFiles.PeftConfig} is \"{targets.Bias}\", and {AdapterFiles.PeftWeights} holds none of "
                + $"the model's {biases.Length} biases that trained: {Named(biases)}. Get the file again; trained biases are not read, so merge the adapter "
                + "where it was trained, with PEFT.");
        }
        if (report is null) return;
        if (targets.Unmatched(possible).Take(MostNamed).ToArray() is { Length: > 0 } unmatched)
        {
            var nearest = DidYouMean.Hint(unmatched[0][(unmatched[0].LastIndexOf(' ') + 1)..].Trim('\''), model.Projections.Select(projection => projection.Name).Distinct());
            report($"Adapter: no module of this model is meant by {string.Join(", ", unmatched)}{nearest}; passed over, as in PEFT.");
        }
        if (targets.FansIn) report("Adapter: fan_in_fan_out is true, and all layers of this model are nn.Linear; without effect, as in PEFT.");
    }

    /// <summary>
    /// What target_modules may mean: projections, the embeddings and, if it is not "all-linear", which leaves it out, the output layer. A head
    /// that trains in full is checked by itself (<see cref="SavedModules"/>).
    /// </summary>
    private static IEnumerable<string> Possible(IAdaptableModel model, PeftTargets targets)
    {
        var projections = model.Projections.Select(projection => projection.Path);
        if (targets.AllLinear) return projections;
        const string End = ".weight";
        var trained = model.TrainedModules.SelectMany(module => module.Parameters).Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        var matrices = model.Parameters.Where(parameter => parameter.Value.dim() == 2 && parameter.Name.EndsWith(End, StringComparison.Ordinal)
            && !trained.Contains(parameter.Name)).Select(parameter => parameter.Name[..^End.Length]);
        return projections.Concat(matrices).Concat(model is ICausalModel ? ["lm_head"] : []).Distinct(StringComparer.Ordinal);
    }

    private static string[] Biases(IAdaptableModel model, PeftTargets targets, IReadOnlyCollection<string> modules)
    {
        const string End = ".bias";
        if (targets.Bias == "none") return [];
        var adapted = modules.ToHashSet(StringComparer.Ordinal);
        return [.. model.Parameters.Select(parameter => parameter.Name).Where(name => name.EndsWith(End, StringComparison.Ordinal)
            && (targets.Bias == "all" || adapted.Contains(name[..^End.Length])))];
    }

    private static string Named(string[] names) => string.Join(", ", names.Take(MostNamed)) + (names.Length > MostNamed ? ", …" : "");
}
