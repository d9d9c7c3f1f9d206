using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Export;

/// <summary>Compares nested factors that were read with the adapters that are to go on from them.</summary>
internal static class NestedComparison
{
    /// <exception cref="NoraException">Names every module that differs, with both sides.</exception>
    public static void Check(string folder, NestedDescription description, AdapterSet adapters)
    {
        var problems = new StartProblems(folder);
        var modules = description.Modules.ToDictionary(module => module.Path, StringComparer.Ordinal);
        // What an export of these adapters would say of them.
        var own = NestedDescription.Of("", adapters.Items.Select(item => (item.Projection.Path, (OuterPairAdapter)item.Adapter)));
        foreach (var module in own.Modules)
        {
            if (!modules.TryGetValue(module.Path, out var found)) problems.Add($"{module.Path}: the folder has no such module");
            else if ((found.Out, found.In) != (module.Out, module.In))
                problems.Add($"{module.Path}: the folder's is for [{found.Out}, {found.In}], the model's weight is [{module.Out}, {module.In}]");
            else if (Kind(found) != Kind(module)) problems.Add($"{module.Path}: the folder has {Kind(found)}, the spec {Kind(module)}");
            else if (Math.Abs(found.Alpha - module.Alpha) > 1e-6 * Math.Abs(module.Alpha))
                problems.Add(FormattableString.Invariant($"{module.Path}: the folder's alpha is {found.Alpha:R}, the spec's is {module.Alpha:R}"));
        }
        problems.AddUnplaced(modules.Keys, adapters);
        problems.Throw();
    }

    /// <summary>All but alpha and dropout, in words.</summary>
    private static string Kind(NestedModule module) => module switch
    {
        { Structure: { } structure } => $"structure {Words.Of(structure.Kind)} at {Words.Of(structure.Position)}, outer rank {module.OuterRank}"
            + $"{(module.InnerRank is { } rank ? $", inner rank {rank}" : "")}{(structure.TrainsOuter ? ", outer pair trained" : "")}",
        { InnerRank: { } inner } => $"outer rank {module.OuterRank}, inner rank {inner}",
        _ => $"a core of rank {module.OuterRank}",
    };
}
