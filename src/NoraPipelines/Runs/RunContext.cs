using NoraPipelines.Checkpoints;
using NoraPipelines.Checkpoints.Hub;
using NoraPipelines.Evaluation;
using NoraPipelines.Interop;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Progress;
using NoraPipelines.Runs.Reporting;
using NoraPipelines.Runs.Settings;
using NoraPipelines.Runs.Terminal;
using TorchSharp;

namespace NoraPipelines.Runs;

/// <summary>
/// What a program needs to know of the machine and of this run, and nothing of what it computes: device, seed, folder, settings
/// that were overridden, and the stages that an earlier process of the same run has finished.
/// </summary>
public sealed partial class RunContext
{
    private readonly RunSettings _settings;
    private readonly PlannedPaths _paths;
    private readonly RunDirectory? _directory;

    internal RunContext(Pipeline pipeline, RunSettings settings, PlannedPaths paths, RunDirectory? directory, int seed, RunView view, StopRequest stop)
    {
        (Pipeline, _settings, _paths, _directory, Seed, View, StopRequest) = (pipeline, settings, paths, directory, seed, view, stop);
        Clock = new RunClock(directory is null ? null : StageStore.Seconds(directory));
        Device = Devices.Choose(pipeline);
        TensorMemory.Install();
    }

    /// <summary>The plan with this run's settings in their places.</summary>
    public PipelinePlan Plan => _settings.Plan;

    public torch.Device Device { get; }

    public int Seed { get; }

    /// <exception cref="InvalidOperationException">Only a run has a folder; `evaluate`, `generate` and `merge` have none.</exception>
    public RunDirectory Directory => _directory ?? throw new InvalidOperationException("Only a run has a folder.");

    /// <summary>Requested by Ctrl-C or SIGTERM. The training loop heeds it by itself, after the step that it is in.</summary>
    public CancellationToken Stop => StopRequest.Token;

    internal Pipeline Pipeline { get; }

    /// <summary>The command line that goes on with this run.</summary>
    internal string ResumeHint { get; init; } = "";

    internal RunView View { get; }

    internal RunClock Clock { get; }

    internal StopRequest StopRequest { get; }

    /// <summary>The value of a key that a run may set: what --set, the environment or nora.settings.json say, else what was planned.</summary>
    public T Setting<T>(SpecKey<T> key, T planned) => _settings.Get(key, planned);

    /// <summary>Whether a run was given a value for a key; it counts as read.</summary>
    internal bool IsSet(SpecKey key)
    {
        Use(key);
        return _settings.IsSet(key);
    }

    /// <summary>Says that the program takes these keys' values from <see cref="Plan"/>.</summary>
    private void Use(params SpecKey[] keys) => Array.ForEach(keys, _settings.Use);

    /// <summary>
    /// The full path of a file or folder that the plan names, relative to the spec's folder; an override on the command line is
    /// relative to the current directory.
    /// </summary>
    /// <exception cref="NoraException">There is nothing at that path.</exception>
    public string File(SpecKey<string?> key, string planned) => _paths.Existing(key.Path, _settings.Get(key, planned)!);

    /// <summary>
    /// Opens the base model's checkpoint: the planned folder, relative to the spec's, or the one that model.source.path was set to.
    /// The caller disposes.
    /// </summary>
    /// <exception cref="CheckpointException">The folder is not a checkpoint, or is damaged.</exception>
    public HuggingFaceCheckpoint OpenCheckpoint(string planned)
    {
        var folder = File(Keys.Model.Source.Path, planned);
        View.Say($"Base model: {folder}");
        return HuggingFaceCheckpoint.Open(folder);
    }

    /// <summary>
    /// Opens the base model's checkpoint from the hub's cache, which is filled where something is missing; or the folder that
    /// model.source.path was set to. The caller disposes.
    /// </summary>
    /// <exception cref="HubException">The repository cannot be had.</exception>
    /// <exception cref="CheckpointException">It is not a checkpoint, or is damaged.</exception>
    public HuggingFaceCheckpoint OpenHubCheckpoint(string repository, string revision)
    {
        if (_settings.Get(Keys.Model.Source.Path, null) is { } other) return OpenCheckpoint(other);
        var wanted = HubRepository.Model(repository, revision);
        var folder = DownloadView.Run(View, progress => HubSnapshot.Model(wanted, HubOptions.FromEnvironment(), progress, Stop));
        View.Say($"Base model: {wanted} in {folder}");
        return HuggingFaceCheckpoint.Open(folder);
    }

    /// <summary>A file of a data set of the hub, in the cache; or the file that <paramref name="key"/> was set to.</summary>
    /// <exception cref="NoraException">It cannot be had.</exception>
    public string HubFile(SpecKey<string?> key, string repository, string file, string revision)
    {
        if (_settings.Get(key, null) is { } other) return File(key, other);
        var wanted = HubRepository.Dataset(repository, revision);
        return DownloadView.Run(View, progress => HubSnapshot.File(wanted, file, HubOptions.FromEnvironment(), progress, Stop));
    }

    /// <summary>
    /// The files of a split of a data set of the hub, in the cache, a line each; or the file that <paramref name="key"/> was set to.
    /// </summary>
    /// <exception cref="NoraException">They cannot be had.</exception>
    public string HubSplit(SpecKey<string?> key, string repository, string split, string revision)
    {
        if (_settings.Get(key, null) is { } other) return File(key, other);
        var wanted = HubRepository.Dataset(repository, revision);
        var files = DownloadView.Run(View, progress => HubSnapshot.Split(wanted, split, HubOptions.FromEnvironment(), progress, Stop));
        View.Say($"{wanted}, {split}: {(files.Count == 1 ? Path.GetFileName(files[0]) : $"{files.Count} files")}");
        return string.Join('\n', files);
    }

    /// <summary>Optimizer steps of the run: those that are set, or as many as the epochs over <paramref name="examples"/> examples take, rounded up.</summary>
    /// <exception cref="NoraException">There are no examples.</exception>
    public int Steps(int examples)
    {
        Use(Keys.Training.Steps, Keys.Training.Epochs, Keys.Training.Batch);
        if (examples < 1) throw new NoraException($"{Plan.Name}: there are no examples to train on. Expected at least 1; see dataset.train in {Pipeline.SpecFile}.");
        return StepCount.Of(Plan.Training, examples);
    }

    /// <summary>Tells the user a sentence, on the terminal.</summary>
    public void Say(string sentence) => View.Say(sentence);

    /// <summary>Runs a part of the program whose time the report shows under a name of its own.</summary>
    public T Measure<T>(string stage, Func<T> work)
    {
        using var _ = Clock.Enter(stage);
        return work();
    }

    /// <summary>
    /// Does a stage once in the run's life: its result is kept in stages/&lt;stage&gt;.json and read from there when the run is
    /// resumed. Time counts as the part of the name before its first hyphen: evaluate-before as evaluate.
    /// </summary>
    /// <param name="stage">Lower-case words with hyphens.</param>
    /// <param name="work">Gives a value that JSON can hold.</param>
    public T Once<T>(string stage, Func<T> work)
    {
        if (_directory is not null && StageStore.TryRead<T>(_directory, stage, out var stored)) return stored;
        var outer = CurrentStage;
        CurrentStage = stage;
        try
        {
            View.Heading(StageTitle(stage));
            var result = Measure(stage.Split('-')[0], work);
            if (result is Scores scores)
                View.Say(string.Join(", ", scores.Values.Select(metric => $"{metric.Key} {Sizes.Number(metric.Value)}")));
            if (_directory is not null) StageStore.Write(_directory, stage, result, Clock.Seconds);
            return result;
        }
        finally
        {
            CurrentStage = outer;
        }
    }

    private static string StageTitle(string stage) => stage switch
    {
        "evaluate-before" => "Evaluation before training",
        "evaluate-after" => "Evaluation after training",
        _ => char.ToUpperInvariant(stage[0]) + stage[1..].Replace('-', ' '),
    };

    /// <summary>Where an evaluation writes what the model answered, or null where nothing is kept.</summary>
    public string? PredictionsFile(string task)
    {
        if ((_directory?.PredictionsFolder ?? PredictionsFolder) is not { } folder) return null;
        return Path.Combine(folder, $"{CurrentStage ?? "evaluate"}.{task.Replace('/', '_')}.jsonl");
    }

    /// <summary>Outside of a run: where predictions are kept; null: nowhere.</summary>
    internal string? PredictionsFolder { get; init; }

    /// <summary>The stage of <see cref="Once"/> that the program is in.</summary>
    internal string? CurrentStage { get; private set; }

    /// <summary>Shows how far one evaluation is, from now on.</summary>
    public Action<EvaluationProgress> Progress => EvaluationView.On(View).Show;

    internal IEnumerable<string> UnreadSettings => _settings.Unread;

}
