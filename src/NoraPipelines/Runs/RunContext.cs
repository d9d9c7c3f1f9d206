using NoraPipelines.Distributed;
using NoraPipelines.Evaluation;
using NoraPipelines.Interop;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Runs.Progress;
using NoraPipelines.Runs.Settings;
using TorchSharp;

namespace NoraPipelines.Runs;

/// <summary>
/// What a program needs to know of the machine and of this run, and nothing of what it computes: device, seed, folder, settings,
/// <see cref="Sources"/> and <see cref="Stages"/>. What a program does with a run, training, exporting, is in extension methods beside this class.
/// </summary>
public sealed class RunContext
{
    private readonly RunSettings _settings;
    private readonly RunDirectory? _directory;

    /// <param name="device">Where it computes.</param>
    /// <param name="identity">What the run was started with; null outside of a run.</param>
    internal RunContext(
        Pipeline pipeline, RunSettings settings, PlannedPaths paths, torch.Device device, RunDirectory? directory, int seed, IRunView view, StopRequest stop, HeldIdentity? identity = null)
    {
        (Pipeline, _settings, Device, _directory, Seed, View, StopRequest, Identity) = (pipeline, settings, device, directory, seed, view, stop, identity);
        Stages = new RunStages(directory, view);
        Sources = new RunSources(settings, paths, view, identity, stop.Token);
        TensorMemory.Install();
    }

    /// <summary>The plan with this run's settings in their places.</summary>
    public PipelinePlan Plan => _settings.Plan;

    public torch.Device Device { get; }

    public int Seed { get; }

    /// <exception cref="InvalidOperationException">Only a run has a folder; `evaluate`, `generate` and `merge` have none.</exception>
    public RunDirectory Directory => _directory ?? throw new InvalidOperationException("Only a run has a folder.");

    /// <summary>Where its files come from.</summary>
    public RunSources Sources { get; }

    /// <summary>What it has done, and how long that took.</summary>
    public RunStages Stages { get; }

    /// <summary>Whom it tells what it does.</summary>
    public IRunView View { get; }

    /// <summary>The processes that train together.</summary>
    public IProcessGroup Processes { get; init; } = SingleProcess.Instance;

    /// <summary>Whether this process writes the run's files: one of a group does.</summary>
    public bool Writes => Processes.Rank == 0;

    /// <summary>Requested by Ctrl-C, SIGTERM or SIGHUP. The training loop heeds it by itself, after the step that it is in.</summary>
    public CancellationToken Stop => StopRequest.Token;

    internal Pipeline Pipeline { get; }

    /// <summary>What the run was started with; null outside of a run.</summary>
    internal HeldIdentity? Identity { get; }

    /// <summary>The command line that goes on with this run.</summary>
    internal string ResumeHint { get; init; } = "";

    internal StopRequest StopRequest { get; }

    /// <summary>What training and initialisation came to so far.</summary>
    internal RunProgress Progress { get; } = new();

    /// <summary>Outside of a run: where predictions are kept; null: nowhere.</summary>
    internal string? PredictionsFolder { get; init; }

    internal IEnumerable<string> UnreadSettings => _settings.Unread;

    /// <summary>The value of a key that a run may set: what --set, the environment or nora.settings.json say, else what was planned.</summary>
    public T Setting<T>(SpecKey<T> key, T planned) => _settings.Get(key, planned);

    /// <summary>Tells the user a sentence.</summary>
    public void Say(string sentence) => View.Say(sentence);

    /// <summary>Where an evaluation writes what the model answered, or null where nothing is kept.</summary>
    public string? PredictionsFile(string task)
    {
        if ((_directory?.PredictionsFolder ?? PredictionsFolder) is not { } folder || !Writes) return null;
        return Path.Combine(folder, $"{Stages.Current ?? "evaluate"}.{task.Replace('/', '_')}.jsonl");
    }

    /// <summary>Shows how far one evaluation is, from now on.</summary>
    public Action<EvaluationProgress> ShowProgress => View.Evaluation();

    /// <summary>Whether a run was given a value for a key; it counts as read.</summary>
    internal bool IsSet(SpecKey key)
    {
        Use(key);
        return _settings.IsSet(key);
    }

    /// <summary>Says that the program takes these keys' values from <see cref="Plan"/>.</summary>
    internal void Use(params SpecKey[] keys) => Array.ForEach(keys, _settings.Use);
}
