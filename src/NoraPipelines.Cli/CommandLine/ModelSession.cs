using NoraPipelines.Checkpoints;
using NoraPipelines.Cli.Terminal;
using NoraPipelines.Export;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Runs.Settings;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>A pipeline's model with an adapter on it, outside of a run: for `evaluate`, `generate`, `chat` and `merge`.</summary>
internal sealed class ModelSession : IDisposable
{
    private readonly IDisposable _farewell;

    private ModelSession(CommandContext context, Pipeline pipeline, IReadOnlyList<string> assignments, string? device, string? adapter, RunView view, string? predictions)
    {
        _farewell = context.Stop.Saying(static () => "Stopped.");
        var settings = context.Settings(pipeline, assignments);
        var chosen = context.Device(pipeline, device);
        if (chosen.Told is { } told) view.Say(told);
        AdapterFolder = adapter is null ? null : context.FullPath(adapter);
        Run = new RunContext(pipeline, settings, PlannedPaths.Of(pipeline), chosen.Device, null, settings.Plan.Training.Seeds[0], view, context.Stop)
        {
            PredictionsFolder = predictions,
        };
        Loaded = pipeline.LoadModel(Run);
        try
        {
            Adapters = AdapterFolder is null ? null : AdapterMethods.Of(Run.Plan.Adapter.Method)
                .Loaded(Loaded.Base, Attach(Loaded.Base, AdapterFolder, view.Say), Run.Plan.Adapter, Run.IsSet);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public RunContext Run { get; }

    public LoadedModel Loaded { get; }

    /// <summary>Full path; null for the base model alone.</summary>
    public string? AdapterFolder { get; }

    public AdapterSet? Adapters { get; }

    /// <param name="device">What --device says; null: it was not given.</param>
    /// <param name="view">Told of the model and the adapter.</param>
    /// <param name="predictions">Folder for what the model answers in evaluations; null: nothing is kept.</param>
    /// <exception cref="NoraException">There is no such device, the model or the adapter cannot be loaded, or they do not fit together.</exception>
    public static ModelSession Open(
        CommandContext context, Pipeline pipeline, IReadOnlyList<string> assignments, string? device, string? adapter, RunView view, string? predictions = null) =>
        new(context, pipeline, assignments, device, adapter, view, predictions);

    public void Dispose()
    {
        Adapters?.Dispose();
        Loaded.Dispose();
        _farewell.Dispose();
    }

    /// <summary>A folder of PEFT's form, one of nested factors, or a run's folder that holds either.</summary>
    private static AdapterSet Attach(IAdaptableModel model, string folder, Action<string> report)
    {
        if (File.Exists(Path.Combine(folder, "adapter_config.json"))) return MethodFolder.Attach(model, folder, report);
        if (File.Exists(Path.Combine(folder, "nested.json"))) return NestedFolder.Load(folder, model);
        if (File.Exists(Path.Combine(folder, "plan.json")))
        {
            if (Directory.Exists(Path.Combine(folder, "adapter"))) return MethodFolder.Attach(model, Path.Combine(folder, "adapter"), report);
            if (Directory.Exists(Path.Combine(folder, "nested"))) return NestedFolder.Load(Path.Combine(folder, "nested"), model);
        }
        throw new NoraException($"{folder}: {FolderAccess.Problem(folder)
            ?? (Directory.Exists(folder) ? "holds neither adapter_config.json nor nested.json" : "there is no such folder")}. "
            + "Expected an adapter's folder, such as runs/<pipeline>/<start time>-<seed>/adapter.");
    }
}
