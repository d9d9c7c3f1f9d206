using NoraPipelines.Plans;


namespace NoraPipelines.Generator.Planning.Sweeps;

/// <summary>
/// Problems of variants → problems of the one file that they are made from: each once; what every variant has is the spec's, what only
/// some have is shown at the value that they have and the others have not.
/// </summary>
internal sealed class SweepProblems(SweepSpec sweep, int start, int end)
{
    private const int MostNames = 3;

    private readonly List<(SpecProblem Problem, List<int> Variants)> _found = [];

    public void Add(int variant, IEnumerable<SpecProblem> problems)
    {
        foreach (var problem in problems)
        {
            var index = _found.FindIndex(other => other.Problem == problem);
            if (index < 0) _found.Add((problem, [variant]));
            else if (!_found[index].Variants.Contains(variant)) _found[index].Variants.Add(variant);
        }
    }

    public IEnumerable<SpecProblem> Merged(IReadOnlyList<Combination> combinations, IReadOnlyList<string> names)
    {
        foreach (var (problem, variants) in _found)
        {
            var message = problem.Message + (variants.Count == combinations.Count ? "" : Suffix(problem, [.. variants.Select(variant => names[variant])]));
            var inSweep = problem.Place.Offset >= start && problem.Place.Offset <= end;
            var place = inSweep || variants.Count == combinations.Count ? problem.Place : Cause(variants, combinations);
            yield return new SpecProblem(problem.Id, message, place);
        }
    }

    private static string Suffix(SpecProblem problem, IReadOnlyList<string> names)
    {
        var listed = string.Join(", ", names.Take(MostNames)) + (names.Count > MostNames ? $" and {names.Count - MostNames} more" : "");
        var which = $" (variant{(names.Count == 1 ? "" : "s")} {listed})";
        return problem.Id == "NORA107" ? which + "; a variant of the list takes a key of the spec away with null" : which;
    }

    /// <summary>The value of an axis that variants with the problem have, all with that value do, and most have; else a variant of its own.</summary>
    private Place Cause(List<int> variants, IReadOnlyList<Combination> combinations)
    {
        var values = from axis in sweep.Axes
                     from value in axis.Values
                     let having = Enumerable.Range(0, combinations.Count).Where(i => Has(combinations[i], axis.Path, value)).ToList()
                     where having.Count > 0 && having.All(variants.Contains)
                     orderby having.Count descending
                     select value;
        if (values.FirstOrDefault() is { } cause) return cause.Place;
        var first = combinations[variants[0]];
        return first is { Name: not null, Changes.Count: 1 } ? first.Changes[0].Value.Place : first.Place;
    }

    private static bool Has(Combination combination, string path, SpecNode value) =>
        combination.Name is null && combination.Asked.Any(change => change.Path == path && ReferenceEquals(change.Value, value));
}
