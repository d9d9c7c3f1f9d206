using NoraPipelines.Export;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Runs;

/// <summary>What there is to export.</summary>
/// <param name="Adapters">Null where the model itself was trained.</param>
/// <param name="Asked">What the spec and this run's settings ask for.</param>
internal sealed record ExportJob(RunContext Run, LoadedModel Loaded, AdapterSet? Adapters, ExportPlan Asked)
{
    public AdapterMethod Method { get; } = AdapterMethods.Of(Run.Plan.Adapter.Method);

    /// <summary>The base model as files name it: its folder, or the pipeline where it has none.</summary>
    public string BaseName => Loaded.Folder ?? Run.Plan.Name;

    /// <summary>Writes the adapters in their method's own form.</summary>
    public PeftExportResult WriteOwnForm(string folder, AdapterSet adapters) => MethodFolder.Write(
        folder, adapters, Run.Plan.Adapter, BaseName, Loaded.Base, Run.Progress.Trained.Steps);
}
