using NoraPipelines.Plans;

namespace NoraPipelines.Runs.CommandLine;

/// <summary>The program's pipelines by name.</summary>
internal sealed class PipelineTable(IReadOnlyList<Pipeline> pipelines)
{
    public IReadOnlyList<Pipeline> All { get; } = [.. pipelines.OrderBy(pipeline => pipeline.Plan.Name, StringComparer.Ordinal)];

    /// <exception cref="UsageException">There is none of that name.</exception>
    public Pipeline Find(string name)
    {
        if (All.FirstOrDefault(pipeline => pipeline.Plan.Name == name) is { } found) return found;
        var names = All.Select(pipeline => pipeline.Plan.Name).ToArray();
        throw new UsageException(names.Length == 0
            ? $"There is no pipeline '{name}': this program has none. Add a <name>.nora.yaml to the project and build it again."
            : $"There is no pipeline '{name}'{(DidYouMean.Hint(name, names) is { Length: > 0 } hint ? hint : ".")} This program has: {string.Join(", ", names)}.");
    }
}
