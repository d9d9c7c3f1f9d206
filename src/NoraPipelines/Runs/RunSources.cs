using NoraPipelines.Checkpoints;
using NoraPipelines.Checkpoints.Hub;
using NoraPipelines.Data;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Runs.Settings;

namespace NoraPipelines.Runs;

/// <summary>
/// Where a run's files come from: the spec's folder, the hub's cache, or what a setting names instead. Relative paths of the plan start in
/// the spec's folder, those that a user types in the current directory.
/// </summary>
public sealed class RunSources
{
    private readonly RunSettings _settings;
    private readonly PlannedPaths _paths;
    private readonly IRunView _view;
    private readonly CancellationToken _stop;
    private readonly IHeldIdentity? _identity;

    internal RunSources(RunSettings settings, PlannedPaths paths, IRunView view, IHeldIdentity? identity, CancellationToken stop) =>
        (_settings, _paths, _view, _stop, _identity) = (settings, paths, view, stop, identity);

    /// <summary>The full path of a file or folder.</summary>
    /// <exception cref="NoraException">There is nothing at that path.</exception>
    public string Path(SpecKey<string?> key, string planned)
    {
        var found = _paths.Existing(key.Path, _settings.Get(key, planned)!);
        if (key == Keys.Model.Tokenizer) _identity?.Hold(RunIdentity.Tokenizer, TokenizerMarks(Directory.Exists(found) ? found : System.IO.Path.GetDirectoryName(found)!));
        return found;
    }

    /// <summary>A file of rows, a folder of such files, or a glob.</summary>
    /// <exception cref="NoraException">There is nothing at that path.</exception>
    public DataFiles Files(SpecKey<string?> key, string planned) => Path(key, planned);

    /// <summary>A file of a data set of the hub, in the cache; or what <paramref name="key"/> was set to.</summary>
    /// <exception cref="NoraException">It cannot be downloaded.</exception>
    public DataFiles HubFile(SpecKey<string?> key, string repository, string file, string revision)
    {
        if (_settings.Get(key, null) is { } other) return Files(key, other);
        var wanted = HubRepository.Dataset(repository, revision);
        return Held(key, [_view.Download(progress => HubSnapshot.File(wanted, file, HubOptions.FromEnvironment(), progress, _stop))]);
    }

    /// <summary>The files of a split of a data set of the hub, in the cache; or what <paramref name="key"/> was set to.</summary>
    /// <exception cref="NoraException">They cannot be downloaded.</exception>
    public DataFiles HubSplit(SpecKey<string?> key, string repository, string split, string revision)
    {
        if (_settings.Get(key, null) is { } other) return Files(key, other);
        var wanted = HubRepository.Dataset(repository, revision);
        var files = _view.Download(progress => HubSnapshot.Split(wanted, split, HubOptions.FromEnvironment(), progress, _stop));
        _view.Say($"{wanted}, {split}: {(files.Count == 1 ? System.IO.Path.GetFileName(files[0]) : $"{files.Count} files")}");
        return Held(key, files);
    }

    /// <summary>
    /// Opens the base model's checkpoint: the planned folder, relative to the spec's, or the one that model.source.path was set to.
    /// The caller disposes.
    /// </summary>
    /// <exception cref="CheckpointException">The folder is not a checkpoint, or is damaged.</exception>
    public HuggingFaceCheckpoint OpenCheckpoint(string planned)
    {
        var folder = Path(Keys.Model.Source.Path, planned);
        _view.Say($"Base model: {folder}");
        return Open(folder);
    }

    /// <summary>
    /// Opens the base model's checkpoint from the hub's cache, which is filled where something is missing; or the folder that
    /// model.source.path was set to. The caller disposes.
    /// </summary>
    /// <exception cref="HubException">The repository cannot be downloaded.</exception>
    /// <exception cref="CheckpointException">It is not a checkpoint, or is damaged.</exception>
    public HuggingFaceCheckpoint OpenHubCheckpoint(string repository, string revision)
    {
        if (_settings.Get(Keys.Model.Source.Path, null) is { } other) return OpenCheckpoint(other);
        var wanted = HubRepository.Model(repository, revision);
        var folder = _view.Download(progress => HubSnapshot.Model(wanted, HubOptions.FromEnvironment(), progress, _stop));
        _view.Say($"Base model: {wanted} in {folder}");
        return Open(folder);
    }

    /// <summary>Rows to evaluate on are those that the run was started with; those to learn from are compared once they are encoded.</summary>
    private DataFiles Held(SpecKey key, IReadOnlyList<string> files)
    {
        if (key.Path.Split('.') is [RunIdentity.Evaluation, var index, ..]) _identity?.Hold($"{RunIdentity.Evaluation}.{index}", SampledMark.Of(files));
        return new DataFiles(files);
    }

    /// <summary>Of everything beside the weights that a tokenizer, a chat template or a generation may be read from.</summary>
    private static Dictionary<string, string> TokenizerMarks(string folder) => SampledMark.Of(Directory.EnumerateFiles(folder)
        .Where(file => System.IO.Path.GetExtension(file) is ".json" or ".model" or ".txt" or ".jinja" or ".tiktoken" && System.IO.Path.GetFileName(file) is not ("config.json" or ShardIndex.FileName)));

    private HuggingFaceCheckpoint Open(string folder)
    {
        var checkpoint = HuggingFaceCheckpoint.Open(folder);
        _identity?.Hold(RunIdentity.Weights, SampledMark.Of(checkpoint.Files));
        checkpoint.Report = _view.Say;
        if (_settings.Plan.Dataset.Classes is { } classes && HeadClasses.Problem(checkpoint.Config, classes) is { } problem) _view.Warn(problem);
        return checkpoint;
    }
}
