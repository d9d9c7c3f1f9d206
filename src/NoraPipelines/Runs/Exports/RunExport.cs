using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Runs;

/// <summary>Writes what a run has learned.</summary>
public static class RunExport
{
    /// <summary>In the order in which they are written: the first cannot be made again from the others.</summary>
    private static readonly IRunExport[] All =
    [
        new NestedFactorsExport(),
        new KeptRanksExport(),
        new OwnFormExport(),
        new AdapterExport(),
        new MergedModelExport(),
    ];

    /// <summary>Writes what the adapters learned.</summary>
    /// <param name="asked">What is written besides the nested factors and the method's own form, which always are.</param>
    /// <exception cref="NoraException">A value is not finite, or the folder cannot be written.</exception>
    public static void Export(this RunContext run, LoadedModel loaded, AdapterSet adapters, ExportPlan asked) =>
        Write(new ExportJob(run, loaded, adapters, asked));

    /// <summary>Writes the model itself, where all of it trained.</summary>
    /// <exception cref="NoraException">A weight is not finite, or the folder cannot be written.</exception>
    public static void Export(this RunContext run, LoadedModel loaded, ExportPlan asked) => Write(new ExportJob(run, loaded, null, asked));

    private static void Write(ExportJob job)
    {
        var due = All.Where(export => export.IsDue(job)).ToList();
        if (due.Count == 0 || !job.Run.Writes) return;
        using var _ = job.Run.Stages.Clock.Enter("export");
        job.Run.View.Heading("Export");
        foreach (var export in due) export.Write(job);
    }
}
