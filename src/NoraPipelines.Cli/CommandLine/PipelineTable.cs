using NoraPipelines.Plans;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>The program's pipelines and comparisons by name.</summary>
internal sealed class PipelineTable(IReadOnlyList<Pipeline> pipelines, IReadOnlyList<Comparison>? comparisons = null)
{
    public IReadOnlyList<Pipeline> All { get; } = [.. pipelines.OrderBy(pipeline => pipeline.Plan.Name, StringComparer.Ordinal)];

    public IReadOnlyList<Comparison> Comparisons { get; } =
        [.. (comparisons ?? []).OrderBy(comparison => comparison.Name, StringComparer.Ordinal)];

    /// <summary>A sentence with the names of all pipelines.</summary>
    public string ToldPipelines => Told([.. All.Select(pipeline => pipeline.Plan.Name)]);

    /// <summary>A sentence with the names of all sweeps.</summary>
    public string ToldSweeps => Told([.. Comparisons.Select(comparison => comparison.Name)]);

    /// <exception cref="UsageException">There is none of that name.</exception>
    public Pipeline Find(string name)
    {
        if (All.FirstOrDefault(pipeline => pipeline.Plan.Name == name) is { } found) return found;
        if (Comparisons.FirstOrDefault(comparison => comparison.Name == name) is { } sweep)
            throw new UsageException($"'{name}' is a sweep of {sweep.Variants.Count} variants. `compare {name}` runs them all, `plan {name}` shows them; "
                + $"each is a pipeline of its own: {Names(sweep.Variants.Select(variant => variant.Pipeline.Plan.Name))}.");
        var names = All.Select(pipeline => pipeline.Plan.Name).ToArray();
        throw None("pipeline", name, names, "Add a <name>.nora.yaml to the project and build it again.");
    }

    /// <exception cref="UsageException">There is none of that name.</exception>
    public Comparison FindComparison(string name)
    {
        if (Comparisons.FirstOrDefault(comparison => comparison.Name == name) is { } found) return found;
        if (All.Any(pipeline => pipeline.Plan.Name == name))
            throw new UsageException($"'{name}' is one pipeline and has nothing to be compared with. `run {name}` runs it; "
                + "a `sweep:` in its spec makes variants of it.");
        throw None("sweep", name, [.. Comparisons.Select(comparison => comparison.Name)], "Add a `sweep:` to a spec and build it again.");
    }

    private static UsageException None(string kind, string name, string[] names, string remedy)
    {
        if (names.Length == 0) return new($"There is no {kind} '{name}': this program has none. {remedy}");
        var hint = DidYouMean.Hint(name, names);
        return new($"There is no {kind} '{name}'{hint}. {Told(names)}");
    }

    private static string Told(IReadOnlyCollection<string> names) => $"This program has: {(names.Count > 0 ? Names(names) : "none")}.";

    private static string Names(IEnumerable<string> names) => string.Join(", ", names);
}
