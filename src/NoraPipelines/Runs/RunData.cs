using NoraPipelines.Data;

namespace NoraPipelines.Runs;

/// <summary>What became of the rows of a run's data sets.</summary>
public static class RunData
{
    /// <summary>Tells, once for a data set, how many of its rows are learnt, cut and left out, and keeps it for result and report.</summary>
    /// <param name="data">train, or the name of the task in the metrics.</param>
    public static void Tell(this RunContext run, string data, EncodedRows rows)
    {
        if (!run.Progress.Data.TryAdd(data, rows)) return;
        run.Say($"{data}: {rows.Describe()}");
        foreach (var warning in rows.Warnings()) run.View.Warn($"{data}: {warning}");
        if (run.Writes) run.Stages.WriteData(run.Progress.Data);
    }

    /// <summary>Warns of what a data set holds, once, however often it is read.</summary>
    public static void WarnOnce(this RunContext run, string warning)
    {
        if (run.Progress.Warned.Add(warning)) run.View.Warn(warning);
    }
}
