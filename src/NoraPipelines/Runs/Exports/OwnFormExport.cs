namespace NoraPipelines.Runs;

/// <summary>The adapters in their method's own form in PEFT's files, beside the plain LoRA that equals them.</summary>
internal sealed class OwnFormExport : IRunExport
{
    public bool IsDue(ExportJob job) => job is { Adapters: not null, Method: { PeftForm: not null, ReplacesPlainLora: false } };

    public void Write(ExportJob job) =>
        job.Run.Say($"In PEFT's own form of {job.Method.Name}: {job.WriteOwnForm(job.Run.Directory.MethodFolder, job.Adapters!).Folder}");
}
