using NoraPipelines.Data;

namespace NoraPipelines.Runs;

/// <summary>What became of the items that a run asks.</summary>
public static class RunItems
{
    /// <summary>Tells, once for a task, what its rows hold and nothing reads.</summary>
    /// <param name="task">Its name in the metrics.</param>
    public static void Tell(this RunContext run, string task, IReadOnlyList<Example> items)
    {
        var unread = items.SelectMany(item => item.Unread.Distinct()).CountBy(name => name).ToDictionary(StringComparer.Ordinal);
        if (unread.Count > 0) run.WarnOnce($"{task}: {EncodedRows.NotRead(new SortedDictionary<string, int>(unread, StringComparer.Ordinal), items.Count)}");
    }
}
