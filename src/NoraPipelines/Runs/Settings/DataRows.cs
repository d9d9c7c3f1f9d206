using NoraPipelines.Data;
using NoraPipelines.Plans;

namespace NoraPipelines.Runs.Settings;

/// <summary>How many rows the training data have, where that can be told by counting lines.</summary>
internal static class DataRows
{
    /// <summary>Rows that a run would read; null where the file is not here or is not a line a row.</summary>
    public static long? Count(Pipeline pipeline, PipelinePlan plan)
    {
        var data = plan.Dataset.Train;
        var isTable = plan.Dataset.Task is not (null or GlueTask.Cola) && data.Path?.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase) == true;
        if (data.Path is null || !(isTable || data.Path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase))) return null;
        var path = Path.GetFullPath(data.Path, PlannedPaths.Of(pipeline).Folder);
        if (!File.Exists(path)) return null;
        var rows = File.ReadLines(path).LongCount(line => !string.IsNullOrWhiteSpace(line)) - (isTable ? 1 : 0);
        if (data.Split is { } split) rows = RowSplit.Count(split, rows);
        return data.Limit is { } limit ? Math.Min(limit, rows) : rows;
    }
}
