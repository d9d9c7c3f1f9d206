using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Export;

/// <summary>Compares an adapter that was read with the model it is to be placed on.</summary>
internal static class AdapterPlacement
{
    private const int MostNamed = 20;

    /// <exception cref="CheckpointException">Names every module that the model lacks or that has another shape.</exception>
    public static void Check(string folder, IAdaptableModel model, IEnumerable<(string Module, int Out, int In)> modules)
    {
        var projections = model.Projections.ToDictionary(projection => projection.Path, StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var (module, outFeatures, inFeatures) in modules)
        {
            if (!projections.TryGetValue(module, out var projection))
                problems.Add($"{module}: the model has no such projection{DidYouMean.Hint(module, projections.Keys)}");
            else if ((projection.OutFeatures, projection.InFeatures) != (outFeatures, inFeatures))
                problems.Add($"{module}: the adapter is for [{outFeatures}, {inFeatures}], "
                    + $"the model's weight is [{projection.OutFeatures}, {projection.InFeatures}]");
        }
        if (problems.Count == 0) return;
        var lines = problems.Take(MostNamed).Select(problem => $"{Environment.NewLine}  {problem}");
        var more = problems.Count > MostNamed ? $"{Environment.NewLine}  and {problems.Count - MostNamed} more" : "";
        throw new CheckpointException($"{folder}: the adapter does not fit the model:{string.Concat(lines)}{more}"
            + $"{Environment.NewLine}Use it with the model that it was trained on.");
    }
}
