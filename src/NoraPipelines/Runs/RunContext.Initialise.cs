using NoraPipelines.Checkpoints;
using NoraPipelines.Initialization;
using NoraPipelines.Methods;
using NoraPipelines.Runs.Reporting;
using static TorchSharp.torch;

namespace NoraPipelines.Runs;

public sealed partial class RunContext
{
    internal const string InitialiseStage = "initialise";
    private const int WarningsShown = 3;

    /// <summary>
    /// Gives the adapters their starting values, once in the run's life: all their tensors are kept beside the report, and a resumed
    /// run reads them, because an SVD done again may differ in the last bits.
    /// </summary>
    /// <param name="work">Sets the adapters' tensors.</param>
    public InitializationReport Initialise(AdapterSet adapters, Func<InitializationReport> work)
    {
        var file = StartFile(Directory);
        if (StageStore.TryRead<InitializationReport>(Directory, InitialiseStage, out var earlier))
        {
            ReadStart(adapters, file);
            Initialisation = earlier;
            return earlier;
        }
        var report = Measure("initialise", work);
        SafetensorsWriter.Write(file, Tensors(adapters).Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));
        StageStore.Write(Directory, InitialiseStage, report, Clock.Seconds);
        Initialisation = report;
        if (report.MeanErrors is { } errors)
            View.Say($"Output error at the outer rank, mean of {report.Projections.Count} projections: AwSVD {Sizes.Number(errors.AwSvd)}, "
                + $"SVD {Sizes.Number(errors.Svd)}, random {Sizes.Number(errors.Random)}.");
        var warnings = report.Warnings.ToArray();
        foreach (var warning in warnings.Take(WarningsShown)) View.Warn(warning);
        if (warnings.Length > WarningsShown) View.Warn($"and {warnings.Length - WarningsShown} projections more; the report lists them.");
        return report;
    }

    /// <summary>What the initialisation reported; null where there was none.</summary>
    internal InitializationReport? Initialisation { get; private set; }

    /// <summary>Holds the start of an unfinished run; a finished one needs it no more.</summary>
    internal static string StartFile(RunDirectory directory) => Path.Combine(directory.StagesFolder, InitialiseStage + ".safetensors");

    private static void ReadStart(AdapterSet adapters, string path)
    {
        using var file = SafetensorsFile.Open(path);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, target) in Tensors(adapters))
        {
            if (!file.Tensors.TryGetValue(name, out var entry) || !entry.Shape.SequenceEqual(target.shape))
                throw new NoraException($"{path}: {name} is missing or has another shape than [{string.Join(", ", target.shape)}]. "
                    + "The file is of another run; start a new run without --resume.");
            target.copy_(file.Read(name));
        }
    }

    private static IEnumerable<(string Name, Tensor Value)> Tensors(AdapterSet adapters) =>
        (from item in adapters.Items
         from tensor in item.Adapter.Frozen.Concat(item.Adapter.Trainable)
         select ($"{item.Projection.Path}.{tensor.Name}", tensor.Value))
        .Concat(adapters.Items.SelectMany(item => item.Adapter.Shared).DistinctBy(tensor => tensor.Name).Select(tensor => (tensor.Name, tensor.Value)))
        .Concat(from module in adapters.Modules from tensor in module.Parameters select (tensor.Name, tensor.Value));
}
