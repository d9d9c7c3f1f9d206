using System.Globalization;
using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Methods;
using static TorchSharp.torch;

namespace NoraPipelines.Runs;

/// <summary>Writes what a run has learned.</summary>
public static class RunExport
{
    internal const string RanksStage = "ranks";

    /// <summary>Writes what was learned: the nested factors where there are any, the PEFT folder and the merged model as asked for.</summary>
    /// <exception cref="NoraException">A factor is not finite, or the folder cannot be written.</exception>
    public static void Export(this RunContext run, LoadedModel loaded, AdapterSet adapters, bool peft, bool merged)
    {
        if (!run.Writes) return;
        using var _ = run.Stages.Clock.Enter("export");
        run.View.Heading("Export");
        if (NestedFolder.CanHold(adapters)) NestedFolder.Write(run.Directory.NestedFolder, adapters, BaseName(run, loaded));
        WriteRanks(run, adapters);
        var method = MethodOf(run);
        if (method is { PeftForm: not null, ReplacesPlainLora: false })
            run.Say($"In PEFT's own form of {method.Name}: {WriteOwn(run, run.Directory.MethodFolder, loaded, adapters).Folder}");
        if (peft) WritePeft(run, loaded, adapters);
        if (merged) WriteMerged(run, loaded, adapters);
    }

    /// <summary>Writes the model itself, where all of it trained.</summary>
    /// <exception cref="NoraException">A weight is not finite, or the folder cannot be written.</exception>
    public static void Export(this RunContext run, LoadedModel loaded, bool merged)
    {
        if (!merged || !run.Writes) return;
        using var _ = run.Stages.Clock.Enter("export");
        run.View.Heading("Export");
        WriteMerged(run, loaded, null);
    }

    private static AdapterMethod MethodOf(RunContext run) => AdapterMethods.Of(run.Plan.Adapter.Method);

    private static string BaseName(RunContext run, LoadedModel loaded) => loaded.Folder ?? run.Plan.Name;

    /// <summary>The ranks that training left, for the report.</summary>
    private static void WriteRanks(RunContext run, AdapterSet adapters)
    {
        if (MethodOf(run).KeptRanks(adapters) is not { } ranks) return;
        run.Stages.Write(RanksStage, ranks);
        run.Say($"Training kept {ranks.Values.Min()} to {ranks.Values.Max()} ranks a projection.");
    }

    private static void WritePeft(RunContext run, LoadedModel loaded, AdapterSet adapters)
    {
        var written = WriteAdapter(run, loaded, adapters);

        try
        {
            var difference = ExportCheck.Verify(loaded.Base, adapters, written.Folder);
            run.Say($"Loaded back: its outputs differ from the run's by {difference.ToString("0.0e+0", CultureInfo.InvariantCulture)} of their size.");
        }
        catch (NoraException problem)
        {
            var factors = NestedFolder.CanHold(adapters) ? " nested/ in the run's folder has the factors themselves." : "";
            run.View.Warn(problem.Message + factors); // the run is not lost
        }
    }

    private static PeftExportResult WriteAdapter(RunContext run, LoadedModel loaded, AdapterSet adapters)
    {
        if (MethodOf(run).ReplacesPlainLora)
        {
            var own = WriteOwn(run, run.Directory.AdapterFolder, loaded, adapters);
            run.Say($"The {run.Plan.Adapter.Method} adapter in PEFT's own form: {own.Folder}");
            run.Say("vLLM and llama.cpp serve plain LoRA alone: merge it into the model for them.");
            return own;
        }
        var options = new PeftExportOptions { LayerCount = loaded.Base.LayerCount };
        var written = PeftExport.Write(run.Directory.AdapterFolder, adapters, BaseName(run, loaded), options);
        run.Say($"LoRA of rank {written.Rank} for PEFT, vLLM and llama.cpp: {written.Folder}");
        run.Say(written.ServingHint);
        return written;
    }

    private static PeftExportResult WriteOwn(RunContext run, string folder, LoadedModel loaded, AdapterSet adapters) => MethodFolder.Write(
        folder, adapters, run.Plan.Adapter, BaseName(run, loaded), loaded.Base.LayerCount, run.Progress.Trained.Steps);

    private static void WriteMerged(RunContext run, LoadedModel loaded, AdapterSet? adapters)
    {
        using var source = loaded.Folder is null ? null : HuggingFaceCheckpoint.Open(loaded.Folder);
        var options = new MergedExportOptions { TokenizerFiles = loaded.Companions, Classes = run.Plan.Dataset.Classes };
        MergedExport.Write(run.Directory.MergedFolder, loaded.Base, adapters, source, ScalarType.BFloat16, options);
        run.Say($"The whole model, in bfloat16: {run.Directory.MergedFolder}");
    }
}
