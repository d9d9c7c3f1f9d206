using System.Globalization;
using NoraPipelines.Export;

namespace NoraPipelines.Runs;

/// <summary>The adapter that other programs load, as a plain LoRA or, where none equals it, in the method's own form; then it is loaded back.</summary>
internal sealed class AdapterExport : IRunExport
{
    public bool IsDue(ExportJob job) => job is { Asked.Peft: true, Adapters: not null };

    public void Write(ExportJob job)
    {
        var (run, adapters) = (job.Run, job.Adapters!);
        var written = job.Method.ReplacesPlainLora ? WriteOwn(job) : WriteLora(job);
        try
        {
            var difference = ExportCheck.Verify(job.Loaded.Base, adapters, written.Folder);
            run.Say($"Loaded back: its outputs differ from the run's by {difference.ToString("0.0e+0", CultureInfo.InvariantCulture)} of their size.");
        }
        catch (NoraException problem)
        {
            var factors = NestedFolder.CanHold(adapters) ? " nested/ in the run's folder has the factors themselves." : "";
            run.View.Warn(problem.Message + factors); // the run is not lost
        }
    }

    private static PeftExportResult WriteOwn(ExportJob job)
    {
        var own = job.WriteOwnForm(job.Run.Directory.AdapterFolder, job.Adapters!);
        job.Run.Say($"The {job.Method.Name} adapter in PEFT's own form: {own.Folder}");
        if (job.Adapters!.Modules.Count == 0) job.Run.Say("vLLM and llama.cpp serve plain LoRA alone: merge it into the model for them.");
        return own;
    }

    private static PeftExportResult WriteLora(ExportJob job)
    {
        var options = new PeftExportOptions { Model = job.Loaded.Base };
        var written = PeftExport.Write(job.Run.Directory.AdapterFolder, job.Adapters!, job.BaseName, options);
        if (job.Adapters!.Modules.Count > 0)
        {
            job.Run.Say($"LoRA of rank {written.Rank} with the head, for PEFT: {written.Folder}");
            return written;
        }
        job.Run.Say($"LoRA of rank {written.Rank} for PEFT, vLLM and llama.cpp: {written.Folder}");
        if (written.ServingHint is { } hint) job.Run.Say(hint);
        return written;
    }
}
