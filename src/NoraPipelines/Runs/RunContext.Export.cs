using System.Globalization;
using NoraPipelines.Adapters;
using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Runs;

public sealed partial class RunContext
{
    internal const string RanksStage = "ranks";

    /// <summary>Writes what was learned: the nested factors where there are any, the PEFT folder and the merged model as asked for.</summary>
    /// <exception cref="NoraException">A factor is not finite, or the folder cannot be written.</exception>
    public void Export(LoadedModel loaded, AdapterSet adapters, bool peft, bool merged)
    {
        using var _ = Clock.Enter("export");
        View.Heading("Export");
        if (NestedFolder.CanHold(adapters)) NestedFolder.Write(Directory.NestedFolder, adapters, loaded.Folder ?? Plan.Name);
        WriteRanks(loaded, adapters);
        if (Plan.Adapter is RsLoraPlan)
            MethodFolder.Write(Directory.MethodFolder, adapters, Plan.Adapter, loaded.Folder ?? Plan.Name, loaded.Base.LayerCount);
        if (peft) WritePeft(loaded, adapters);
        if (merged) WriteMerged(loaded, adapters);
    }

    /// <summary>Writes the model itself, where all of it trained.</summary>
    /// <exception cref="NoraException">A weight is not finite, or the folder cannot be written.</exception>
    public void Export(LoadedModel loaded, bool merged)
    {
        if (!merged) return;
        using var _ = Clock.Enter("export");
        View.Heading("Export");
        WriteMerged(loaded, null);
    }

    /// <summary>AdaLoRA's own form, and the ranks for the report.</summary>
    private void WriteRanks(LoadedModel loaded, AdapterSet adapters)
    {
        if (Plan.Adapter is not AdaLoraPlan plan) return;
        AdaLoraFolder.Write(Directory.MethodFolder, adapters, loaded.Folder ?? Plan.Name, plan, Trained.Steps, loaded.Base.LayerCount);
        var ranks = adapters.Items.ToDictionary(item => item.Projection.Path, item => ((AdaptiveRankAdapter)item.Adapter).Kept().Count(kept => kept));
        StageStore.Write(Directory, RanksStage, ranks, Clock.Seconds);
        View.Say($"AdaLoRA kept {ranks.Values.Min()} to {ranks.Values.Max()} ranks a projection; in PEFT's form of it: {Directory.MethodFolder}");
    }

    private void WritePeft(LoadedModel loaded, AdapterSet adapters)
    {
        var written = WriteAdapter(loaded, adapters);

        try
        {
            var difference = ExportCheck.Verify(loaded.Base, adapters, written.Folder);
            View.Say($"Loaded back: its logits differ from the run's by {difference.ToString("0.0e+0", CultureInfo.InvariantCulture)} of their size.");
        }
        catch (NoraException problem)
        {
            var factors = NestedFolder.CanHold(adapters) ? " nested/ in the run's folder has the factors themselves." : "";
            View.Warn(problem.Message + factors); // the run is not lost
        }
    }

    private PeftExportResult WriteAdapter(LoadedModel loaded, AdapterSet adapters)
    {
        var (folder, baseModel, layers) = (Directory.AdapterFolder, loaded.Folder ?? Plan.Name, loaded.Base.LayerCount);
        if (MethodFolder.Replaces(Plan.Adapter))
        {
            var own = MethodFolder.Write(folder, adapters, Plan.Adapter, baseModel, layers);
            View.Say($"The {Plan.Adapter.Method} adapter in PEFT's own form: {own.Folder}");
            View.Say("vLLM and llama.cpp serve plain LoRA alone: merge it into the model for them.");
            return own;
        }
        var written = PeftExport.Write(folder, adapters, baseModel, new PeftExportOptions { LayerCount = layers });
        View.Say($"LoRA of rank {written.Rank} for PEFT, vLLM and llama.cpp: {written.Folder}");
        View.Say(written.ServingHint);
        return written;
    }

    private void WriteMerged(LoadedModel loaded, AdapterSet? adapters)
    {
        using var source = loaded.Folder is null ? null : HuggingFaceCheckpoint.Open(loaded.Folder);
        var options = new MergedExportOptions { TokenizerFiles = loaded.Companions, Classes = Plan.Dataset.Classes };
        MergedExport.Write(Directory.MergedFolder, loaded.Base, adapters, source, ScalarType.BFloat16, options);
        View.Say($"The whole model, in bfloat16: {Directory.MergedFolder}");
    }
}
