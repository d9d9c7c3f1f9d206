using NoraPipelines.Generator.Diagnostics;
using NoraPipelines.Generator.Spec;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>All pipelines of the project: what Main lists, and which specs lost their name to an earlier one.</summary>
/// <param name="Losers">Spec paths whose class another spec has already; they get no program.</param>
internal sealed record PipelineRegistry(
    EquatableArray<PipelineStub> Pipelines, EquatableArray<string> Losers, EquatableArray<FileProblems> Problems)
{
    /// <summary>Files in the order of their paths, so that the first keeps the name on every machine.</summary>
    public static PipelineRegistry Of(IEnumerable<PipelineName> names)
    {
        var winners = new Dictionary<string, PipelineName>(StringComparer.OrdinalIgnoreCase);
        var losers = new List<string>();
        var problems = new List<FileProblems>();
        foreach (var name in names.OrderBy(name => name.Stub.SpecPath, StringComparer.Ordinal))
        {
            if (!winners.TryGetValue(name.Stub.ClassName, out var first))
            {
                winners.Add(name.Stub.ClassName, name);
                continue;
            }
            losers.Add(name.Stub.SpecPath);
            problems.Add(new FileProblems(name.Path, EquatableArray.Of(new SpecProblem("NORA109",
                $"the class {name.Stub.ClassName} of this pipeline is already that of {first.Stub.SpecPath}; give it another name",
                    name.Place))));
        }
        var pipelines = winners.Values.Select(name => name.Stub).OrderBy(stub => stub.ClassName, StringComparer.Ordinal);
        return new PipelineRegistry(pipelines.ToEquatableArray(), losers.ToEquatableArray(), problems.ToEquatableArray());
    }
}

/// <summary>A spec's name and where it stands.</summary>
internal sealed record PipelineName(string Path, Place Place, PipelineStub Stub);
