using NoraPipelines.Adapters;
using NoraPipelines.Plans;

namespace NoraPipelines.Export;

/// <summary>Compares a folder of a method's own form with the adapters that are to go on from it.</summary>
internal static class MethodComparison
{
    /// <exception cref="NoraException">Names every module that differs, with both sides.</exception>
    public static void Check(MethodAdapter source, AdapterSet adapters)
    {
        var problems = new StartProblems(source.Folder);
        foreach (var (projection, adapter) in adapters.Items)
        {
            if (adapter.Method != Words.Of(source.Config.Kind))
                problems.Add($"{projection.Path} has a {adapter.Method} adapter, the folder is of {Words.Of(source.Config.Kind)}");
            else if (!source.Modules.TryGetValue(projection.Path, out var module)) problems.Add($"{projection.Path}: the folder has no such module");
            else if (Difference(module, adapter) is { } difference) problems.Add($"{projection.Path}: {difference}");
        }
        problems.AddUnplaced(source.Modules.Keys, adapters);
        if (source.Pair is { } pair && adapters.Items[0].Adapter.Shared is [var a, var b]
            && !(pair.A.shape.SequenceEqual(a.Value.shape) && pair.B.shape.SequenceEqual(b.Value.shape)))
        {
            problems.Add($"the folder's pair is [{string.Join(", ", pair.A.shape)}] and [{string.Join(", ", pair.B.shape)}], the spec's "
                + $"[{string.Join(", ", a.Value.shape)}] and [{string.Join(", ", b.Value.shape)}]");
        }
        problems.Throw();
    }

    private static string? Difference(MethodModule module, Adapter adapter)
    {
        var inFeatures = module.In ?? adapter.InFeatures;
        if ((module.Out, inFeatures) != (adapter.OutFeatures, adapter.InFeatures))
            return $"the folder's is for [{module.Out}, {inFeatures}], the model's weight is [{adapter.OutFeatures}, {adapter.InFeatures}]";
        var rank = adapter switch
        {
            WeightDecomposedAdapter dora => dora.Rank,
            VectorAdapter vera => vera.Rank,
            _ => ((KroneckerAdapter)adapter).Rank,
        };
        if (module.Rank != rank) return $"the folder's rank is {module.Rank?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none, its second factor is whole"}, the spec's is {rank}";
        if (adapter is not KroneckerAdapter lokr) return null;
        return (module.Side(0, 0), module.Side(0, 1)) == (lokr.W1.shape[0], lokr.W1.shape[1]) ? null
            : $"the folder's first factor is {module.Side(0, 0)}×{module.Side(0, 1)}, the spec's is {lokr.W1.shape[0]}×{lokr.W1.shape[1]}; give the spec the factor";
    }
}
