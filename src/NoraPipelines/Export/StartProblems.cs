using NoraPipelines.Models;

namespace NoraPipelines.Export;

/// <summary>Collects why training cannot go on from a folder, so that all of it is told at once.</summary>
internal sealed class StartProblems(string folder)
{
    private const int MostNamed = 12;
    private readonly List<string> _problems = [];

    public void Add(string problem) => _problems.Add(problem);

    /// <summary>Modules of the folder where the spec puts no adapter.</summary>
    public void AddUnplaced(IEnumerable<string> modules, AdapterSet adapters)
    {
        var placed = adapters.Items.Select(item => item.Projection.Path).ToHashSet(StringComparer.Ordinal);
        _problems.AddRange(modules.Where(module => !placed.Contains(module)).Select(module => $"{module}: the spec puts no adapter there"));
    }

    /// <exception cref="NoraException">There are any.</exception>
    public void Throw()
    {
        if (_problems.Count == 0) return;
        var lines = _problems.Take(MostNamed).Select(problem => $"{Environment.NewLine}  {problem}");
        var more = _problems.Count > MostNamed ? $"{Environment.NewLine}  and {_problems.Count - MostNamed} more" : "";
        throw new NoraException($"{folder}: training cannot go on from this adapter:{string.Concat(lines)}{more}{Environment.NewLine}"
            + "Give the spec the adapter's own ranks, targets and layers.");
    }
}
