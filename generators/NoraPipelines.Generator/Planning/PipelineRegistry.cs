using NoraPipelines.Generator.Diagnostics;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>All pipelines of the project: what Main lists, and which specs lost their name to an earlier one.</summary>
/// <param name="Namespace">Null where the project has no spec.</param>
/// <param name="Pipelines">Classes of pipelines, those of variants among them.</param>
/// <param name="Comparisons">Classes of sweeps.</param>
/// <param name="Losers">Spec paths whose class another spec has already; they get no program.</param>
internal sealed record PipelineRegistry(
    string? Namespace, EquatableArray<string> Pipelines, EquatableArray<string> Comparisons, EquatableArray<string> Losers, EquatableArray<FileProblems> Problems)
{
    /// <summary>Files in the order of their paths, so that the first keeps the name on every machine.</summary>
    public static PipelineRegistry Of(IEnumerable<PipelineName> names)
    {
        var (owners, winners) = (new Dictionary<string, PipelineName>(StringComparer.OrdinalIgnoreCase), new List<PipelineName>());
        var losers = new List<string>();
        var problems = new List<FileProblems>();
        foreach (var name in names.OrderBy(name => name.Stub.SpecPath, StringComparer.Ordinal))
        {
            if (name.Classes.FirstOrDefault(owners.ContainsKey) is { } taken)
            {
                losers.Add(name.Stub.SpecPath);
                var which = taken == name.Stub.ClassName ? "of this pipeline" : "of a variant of this pipeline";
                problems.Add(new FileProblems(name.Path, EquatableArray.Of(new SpecProblem("NORA109",
                    $"the class {taken} {which} is already that of {owners[taken].Stub.SpecPath}; give it another name", name.Place))));
                continue;
            }
            winners.Add(name);
            foreach (var owned in name.Classes) owners.Add(owned, name);
        }
        return new PipelineRegistry(
            winners.FirstOrDefault()?.Stub.Namespace,
            Sorted(winners.SelectMany(name => name.IsSweep ? name.Variants : EquatableArray.Of(name.Stub.ClassName))),
            Sorted(winners.Where(name => name.IsSweep).Select(name => name.Stub.ClassName)),
            losers.ToEquatableArray(), problems.ToEquatableArray());
    }

    private static EquatableArray<string> Sorted(IEnumerable<string> classes) => classes.OrderBy(name => name, StringComparer.Ordinal).ToEquatableArray();
}

/// <summary>A spec's name and where it stands.</summary>
/// <param name="Variants">Classes of a sweep's variants.</param>
internal sealed record PipelineName(string Path, Place Place, PipelineStub Stub, bool IsSweep, EquatableArray<string> Variants)
{
    /// <summary>Every class that the spec makes.</summary>
    public IEnumerable<string> Classes => Variants.Prepend(Stub.ClassName);
}
