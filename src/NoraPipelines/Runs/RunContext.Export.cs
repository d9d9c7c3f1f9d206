using System.Globalization;
using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Methods;
using static TorchSharp.torch;

namespace NoraPipelines.Runs;

public sealed partial class RunContext
{
    // Rows and tokens of made-up text on which the exported adapter is held against the run's.
    private const int CheckedRows = 2;
    private const int CheckedTokens = 16;

    internal const string RanksStage = "ranks";

    /// <summary>Writes what was learned: the nested factors where there are any, the PEFT folder and the merged model as asked for.</summary>
    /// <exception cref="NoraException">A factor is not finite, or the folder cannot be written.</exception>
    public void Export(LoadedModel loaded, AdapterSet adapters, bool peft, bool merged)
    {
        using var _ = Clock.Enter("export");
        View.Heading("Export");
        if (NestedFolder.CanHold(adapters)) NestedFolder.Write(Directory.NestedFolder, adapters, loaded.Folder ?? Plan.Name);
        WriteRanks(adapters);
        if (Method is { PeftForm: not null, ReplacesPlainLora: false })
        {
            var own = WriteOwn(Directory.MethodFolder, loaded, adapters);
            View.Say($"In PEFT's own form of {Method.Name}: {own.Folder}");
        }
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

    private AdapterMethod Method => AdapterMethods.Of(Plan.Adapter.Method);

    /// <summary>The ranks that training left, for the report.</summary>
    private void WriteRanks(AdapterSet adapters)
    {
        if (Method.KeptRanks(adapters) is not { } ranks) return;
        StageStore.Write(Directory, RanksStage, ranks, Clock.Seconds);
        View.Say($"Training kept {ranks.Values.Min()} to {ranks.Values.Max()} ranks a projection.");
    }

    private void WritePeft(LoadedModel loaded, AdapterSet adapters)
    {
        var model = loaded.TextModel;
        var written = WriteAdapter(loaded, adapters);

        using var scope = NewDisposeScope();
        var tokens = Math.Min(CheckedTokens, model.LongestText);
        var ids = arange(CheckedRows * tokens, dtype: ScalarType.Int64, device: Device).mul_(7919).remainder_(model.VocabularySize);
        try
        {
            var difference = ExportCheck.Verify(model, adapters, written.Folder, ids.reshape(CheckedRows, tokens));
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
        if (Method.ReplacesPlainLora)
        {
            var own = WriteOwn(Directory.AdapterFolder, loaded, adapters);
            View.Say($"The {Method.Name} adapter in PEFT's own form: {own.Folder}");
            View.Say("vLLM and llama.cpp serve plain LoRA alone: merge it into the model for them.");
            return own;
        }
        var options = new PeftExportOptions { LayerCount = loaded.TextModel.LayerCount };
        var written = PeftExport.Write(Directory.AdapterFolder, adapters, loaded.Folder ?? Plan.Name, options);
        View.Say($"LoRA of rank {written.Rank} for PEFT, vLLM and llama.cpp: {written.Folder}");
        View.Say(written.ServingHint);
        return written;
    }

    private PeftExportResult WriteOwn(string folder, LoadedModel loaded, AdapterSet adapters) => MethodFolder.Write(
        folder, adapters, Plan.Adapter, loaded.Folder ?? Plan.Name, loaded.TextModel.LayerCount, Trained.Steps);

    private void WriteMerged(LoadedModel loaded, AdapterSet? adapters)
    {
        using var source = loaded.Folder is null ? null : HuggingFaceCheckpoint.Open(loaded.Folder);
        var options = new MergedExportOptions { TokenizerFiles = loaded.Tokenizer.Files, Classes = Plan.Dataset.Classes };
        MergedExport.Write(Directory.MergedFolder, loaded.TextModel, adapters, source, ScalarType.BFloat16, options);
        View.Say($"The whole model, in bfloat16: {Directory.MergedFolder}");
    }
}
