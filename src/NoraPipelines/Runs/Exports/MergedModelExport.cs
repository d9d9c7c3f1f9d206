using NoraPipelines.Checkpoints;
using NoraPipelines.Export;

namespace NoraPipelines.Runs;

/// <summary>The whole model with the adapters folded into its weights, or as it was trained.</summary>
internal sealed class MergedModelExport : IRunExport
{
    public bool IsDue(ExportJob job) => job.Asked.Merged;

    public void Write(ExportJob job)
    {
        var (run, loaded) = (job.Run, job.Loaded);
        using var source = loaded.Folder is null ? null : HuggingFaceCheckpoint.Open(loaded.Folder);
        var options = new MergedExportOptions { TokenizerFiles = loaded.Companions, Classes = run.Plan.Dataset.Classes };
        var dtype = MergedDtype.Of(run.Plan.Export.Dtype, source, loaded.Base);
        MergedExport.Write(run.Directory.MergedFolder, loaded.Base, job.Adapters, source, dtype, options);
        run.Say($"The whole model, in {SafetensorsDtype.Word(dtype)}: {run.Directory.MergedFolder}");
    }
}
