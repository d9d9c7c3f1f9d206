using NoraPipelines.Interop;
using NoraPipelines.Models;

namespace NoraPipelines.Runs.Walking;

/// <summary>The operators of a traced step that take time, each with the part of the step that it belongs to.</summary>
internal sealed class TracedStep
{
    private const string BackwardNode = "Backward";
    private const string AccumulateGradient = "torch::autograd::AccumulateGrad";
    private const string CSharpNode = "CSharpNode";

    private readonly Dictionary<long, TracedOperator> _byId;
    private readonly List<(long Sequence, string Part)> _marks = [];

    public TracedStep(IReadOnlyList<TracedOperator> entries)
    {
        Entries = entries;
        _byId = entries.ToDictionary(entry => entry.Id);
        // A range marks where it begins and ends with the number of the graph's next node.
        foreach (var entry in entries)
            if (entry is { Name: "aten::view", Sequence: >= 0, Inputs: [{ Shape: [0] }, ..] }) _marks.Add((entry.Sequence, RangeOf(entry) ?? Parts.Residuals));
        _marks = [.. _marks.Select((mark, at) => (mark, at)).OrderBy(pair => pair.mark.Sequence).ThenBy(pair => pair.at).Select(pair => pair.mark)];
        var within = new HashSet<long>();
        foreach (var entry in entries.Reverse())
        {
            if (OperatorCost.Of(entry) is not { } cost || IsRangeItself(entry) || Around(entry).Any(IsOneLaunch)) continue;
            if (within.Contains(entry.Id) && !IsOneLaunch(entry)) continue;
            foreach (var outer in Around(entry))
                if (!within.Add(outer.Id)) break;
            Operators.Add((entry, cost, PartOf(entry)));
        }
        Operators.Reverse();
    }

    /// <summary>All entries of the trace.</summary>
    public IReadOnlyList<TracedOperator> Entries { get; }

    /// <summary>The innermost operators, in their order: what a GPU launches, one each.</summary>
    public List<(TracedOperator Operator, OperatorCost Cost, string Part)> Operators { get; } = [];

    /// <summary>Beginning a range makes a tensor of bytes for its handle, on the CPU.</summary>
    public bool IsRangeItself(TracedOperator entry) => entry is { Name: "aten::empty", Outputs: [{ ElementSize: 1, Device: "cpu" }] }
        && _byId.TryGetValue(entry.Parent, out var range) && IsRange(range);

    /// <summary>On a GPU they take all of their tensors at once; on meta libtorch goes through them one by one.</summary>
    private static bool IsOneLaunch(TracedOperator entry) => entry.Name.StartsWith("aten::_foreach_", StringComparison.Ordinal);

    private static bool IsRange(TracedOperator entry) => entry.Name.StartsWith(StepRange.Prefix, StringComparison.Ordinal);

    private string? RangeOf(TracedOperator entry)
    {
        var range = Around(entry).FirstOrDefault(IsRange);
        return range?.Name[StepRange.Prefix.Length..];
    }

    /// <summary>The entries that it ran in, the innermost first. The first of a trace runs in itself.</summary>
    private IEnumerable<TracedOperator> Around(TracedOperator entry)
    {
        while (entry.Parent != entry.Id && _byId.TryGetValue(entry.Parent, out var outer)) yield return entry = outer;
    }

    private string PartOf(TracedOperator entry)
    {
        foreach (var outer in Around(entry))
        {
            if (IsRange(outer)) return outer.Name[StepRange.Prefix.Length..];
            if (outer.Name == AccumulateGradient) return Parts.Optimizer;
            if (outer.Sequence >= 0 && (outer.Name == CSharpNode || outer.Name.Contains(BackwardNode, StringComparison.Ordinal)) && !outer.Name.StartsWith("aten::", StringComparison.Ordinal))
                return PartAt(outer.Sequence);
        }
        return Parts.Loss;
    }

    /// <summary>The part that was under way when the node of this number was made.</summary>
    private string PartAt(long sequence)
    {
        var (low, high) = (0, _marks.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_marks[middle].Sequence <= sequence) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? Parts.Loss : _marks[low - 1].Part;
    }
}
