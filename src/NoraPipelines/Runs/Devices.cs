using NoraPipelines.Runs.Settings;
using TorchSharp;

namespace NoraPipelines.Runs;

/// <summary>Where a run computes: the first CUDA device where the backend has one, else the CPU.</summary>
internal static class Devices
{
    public static string Backend(Pipeline? pipeline) => PlannedPaths.Metadata(pipeline, "NoraPipelines.Backend") ?? "cpu";

    public static torch.Device Choose(Pipeline pipeline) =>
        Backend(pipeline) != "cpu" && torch.cuda.is_available() ? torch.device("cuda:0") : torch.CPU;
}
