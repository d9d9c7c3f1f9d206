using System.Globalization;
using NoraPipelines.Adapters;
using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using static TorchSharp.torch;

namespace NoraPipelines.Runs;

public sealed partial class RunContext
{
    /// <summary>Writes what was learned: the nested factors always, the PEFT folder and the merged model as asked for.</summary>
    /// <exception cref="NoraException">A factor is not finite, or the folder cannot be written.</exception>
    public void Export(LoadedModel loaded, AdapterSet adapters, bool peft, bool merged)
    {
        using var _ = Clock.Enter("export");
        View.Heading("Export");
        NestedFolder.Write(Directory.NestedFolder, adapters);
        if (peft) WritePeft(loaded, adapters);
        if (merged) WriteMerged(loaded, adapters);
    }

    /// <summary>Writes the model itself, where all of it trained.</summary>
    public void Export(LoadedModel loaded, bool merged)
    {
        if (!merged) return;
        using var _ = Clock.Enter("export");
        View.Heading("Export");
        WriteMerged(loaded, null);
    }

    private void WritePeft(LoadedModel loaded, AdapterSet adapters)
    {
        var written = PeftExport.Write(
            Directory.AdapterFolder, adapters, loaded.Folder ?? "", new PeftExportOptions { LayerCount = loaded.Model.Shape.LayerCount });
        var difference = ExportCheck.Difference(loaded.Model, adapters, written.Folder);
        var shown = difference.ToString("0.0e+0", CultureInfo.InvariantCulture);
        View.Say($"LoRA of rank {written.Rank} for PEFT, vLLM and llama.cpp: {written.Folder}");
        if (difference <= ExportCheck.Tolerance(loaded.Model.Dtype)) View.Say($"Loaded back: its logits differ from the run's by {shown} of the largest.");
        else View.Warn($"Loaded back, its logits differ from the run's by {shown} of the largest, more than rounding explains. Do not trust the folder; nested/ has the factors.");
        View.Say(written.ServingHint);
    }

    private void WriteMerged(LoadedModel loaded, AdapterSet? adapters)
    {
        using var source = loaded.Folder is null ? null : HuggingFaceCheckpoint.Open(loaded.Folder);
        MergedExport.Write(Directory.MergedFolder, loaded.Model, adapters, source, loaded.Tokenizer, ScalarType.BFloat16);
        View.Say($"Whole model: {Directory.MergedFolder}");
    }
}
