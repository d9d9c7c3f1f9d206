using NoraPipelines.Export;

namespace NoraPipelines.Runs;

/// <summary>The nested factors themselves, where there are any: from them everything else can be made again.</summary>
internal sealed class NestedFactorsExport : IRunExport
{
    public bool IsDue(ExportJob job) => job.Adapters is { } adapters && NestedFolder.CanHold(adapters);

    public void Write(ExportJob job) => NestedFolder.Write(job.Run.Directory.NestedFolder, job.Adapters!, job.BaseName);
}
