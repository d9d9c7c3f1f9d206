using NoraPipelines.Generator.Diagnostics;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>All pipelines of the project: what Main lists, and which specs lost their name to an earlier one or to the library.</summary>
/// <param name="Namespace">Null where the project has no spec.</param>
/// <param name="Pipelines">Classes of pipelines, those of variants among them.</param>
/// <param name="Comparisons">Classes of sweeps.</param>
/// <param name="Losers">Spec paths whose class another spec or the library has already; they get no program.</param>
internal sealed record PipelineRegistry(
    string? Namespace, EquatableArray<string> Pipelines, EquatableArray<string> Comparisons, EquatableArray<string> Losers, EquatableArray<FileProblems> Problems)
{
    /// <summary>Files in the order of their paths, so that the first keeps the name on every machine.</summary>
    /// <param name="library">Types of the library.</param>
    public static PipelineRegistry Of(IEnumerable<PipelineName> names, EquatableArray<string> library)
    {
        var used = new HashSet<string>(library.Concat(LibraryTypes.OfPrograms));
        var (owners, winners) = (new Dictionary<string, PipelineName>(StringComparer.OrdinalIgnoreCase), new List<PipelineName>());
        var losers = new List<string>();
        var problems = new List<FileProblems>();
        var ordered = names.OrderBy(name => name.Stub.SpecPath, StringComparer.Ordinal).ToList();
        foreach (var name in ordered)
        {
            if (Refusal(name, owners, used) is { } problem)
            {
                losers.Add(name.Stub.SpecPath);
                problems.Add(new FileProblems(name.Path, EquatableArray.Of(problem)));
                continue;
            }
            winners.Add(name);
            foreach (var owned in name.Classes) owners.Add(owned, name);
        }
        return new PipelineRegistry(
            ordered.FirstOrDefault()?.Stub.Namespace,
            Sorted(winners.SelectMany(name => name.IsSweep ? name.Variants : EquatableArray.Of(name.Stub.ClassName))),
            Sorted(winners.Where(name => name.IsSweep).Select(name => name.Stub.ClassName)),
            losers.ToEquatableArray(), problems.ToEquatableArray());
    }

    private static SpecProblem? Refusal(PipelineName name, Dictionary<string, PipelineName> owners, HashSet<string> used)
    {
        if (name.Classes.FirstOrDefault(used.Contains) is { } hidden)
            return new SpecProblem("NORA123",
                $"the class {hidden} {Which(hidden)} would hide what programs use under that name; expected a name that neither the library nor programs have; "
                    + "give it another name, such as one with a word more", name.Place);
        return name.Classes.FirstOrDefault(owners.ContainsKey) is { } taken
            ? new SpecProblem("NORA109", $"the class {taken} {Which(taken)} is already that of {owners[taken].Stub.SpecPath}; give it another name", name.Place)
            : null;

        string Which(string known) => known == name.Stub.ClassName ? "of this pipeline" : "of a variant of this pipeline";
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
