using System.Globalization;
using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Disk;
using NoraPipelines.Interop;
using NoraPipelines.Models;

namespace NoraPipelines.Training;

/// <summary>
/// The checkpoints of one run: step-000200/ with trainable.safetensors, optimizer.safetensors and state.json. A checkpoint is written
/// into a hidden folder beside its place, brought to the disk file by file, and only then renamed; so at any moment, also after a kill
/// or a power cut, every folder of that name is whole, and the previous one goes only once the new one stands.
/// </summary>
/// <param name="folder">Made where it is missing, e.g. runs/…/checkpoints.</param>
/// <param name="keep">How many of the newest stay, at least 1.</param>
/// <param name="identity">Of this run; another run's checkpoints are refused.</param>
/// <param name="say">Gets a sentence for every checkpoint that is skipped, and for what may differ; null: nobody listens.</param>
public sealed class TrainingCheckpoints(string folder, int keep, CheckpointIdentity identity, Action<string>? say = null)
{
    private const string Prefix = "step-";
    private static readonly string[] Files = [TrainingState.TrainableFile, TrainingState.OptimizerFile];
    private static readonly string[] FilesOfMethods = [.. Files, TrainingState.MethodFile];

    private readonly string _folder = Path.GetFullPath(folder);

    private readonly int _keep = keep >= 1
        ? keep
        : throw new NoraException($"training.checkpoint.keep is {keep}; at least 1 checkpoint must stay to go on from.");

    /// <summary>
    /// Saves after <paramref name="step"/> optimizer steps. A whole checkpoint of this run and step is kept as it is: the same seed and
    /// step mean the same numbers. Later ones, which a run that went back to an earlier one leaves behind, go.
    /// </summary>
    /// <param name="state">What else the run must know to go on; kept in state.json.</param>
    /// <param name="method">What the method keeps besides; null: nothing.</param>
    /// <returns>The checkpoint's folder.</returns>
    /// <exception cref="NoraException">The disk is full or cannot be written; the previous checkpoint is still there.</exception>
    public string Save(int step, IReadOnlyList<NamedTensor> trainable, AdamW optimizer, JsonObject? state = null, IMethodState? method = null)
    {
        var target = Path.Combine(_folder, Name(step));
        if (IsWhole(step, target, state)) return target;
        var needed = trainable.Concat(optimizer.State).Concat(method?.State ?? []).Sum(entry => entry.Value.numel() * entry.Value.element_size());
        var temporary = Path.Combine(_folder, $".{Name(step)}.{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(temporary);
            CheckSpace(needed);
            Write(Path.Combine(temporary, TrainingState.TrainableFile), trainable);
            Write(Path.Combine(temporary, TrainingState.OptimizerFile), optimizer.State);
            if (method is not null) Write(Path.Combine(temporary, TrainingState.MethodFile), method.State);
            var marks = (method is null ? Files : FilesOfMethods).ToDictionary(name => name, name => FileMark.Of(Path.Combine(temporary, name)));
            new CheckpointManifest(step, identity, marks, state).Write(temporary);
            if (Directory.Exists(target)) Retire(target);
            Directory.Move(temporary, target);
            FolderSync.Flush(_folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CheckpointException)
        {
            Remove(temporary);
            throw new NoraException($"{target}: the checkpoint was not saved; it needs {needed:N0} bytes. {e.Message} {Previous()}", e);
        }
        Prune(step);
        return target;
    }

    /// <summary>The newest checkpoint that is whole, or null where there is none; a damaged one is skipped with a sentence.</summary>
    /// <exception cref="NoraException">The newest whole one is of another plan or seed.</exception>
    public TrainingState? LoadLatest()
    {
        foreach (var (step, path) in Found())
        {
            CheckpointManifest manifest;
            try
            {
                manifest = CheckpointManifest.Read(path, step, Files);
            }
            catch (CheckpointException e)
            {
                say?.Invoke($"Checkpoint skipped: {e.Message}");
                continue;
            }
            CheckIdentity(path, manifest.Identity);
            return new TrainingState(step, path, manifest.State ?? []);
        }
        return null;
    }

    private bool IsWhole(int step, string path, JsonObject? state)
    {
        if (!Directory.Exists(path)) return false;
        try
        {
            var found = CheckpointManifest.Read(path, step, Files);
            return found.Identity == identity && JsonNode.DeepEquals(found.State ?? [], state ?? []);
        }
        catch (CheckpointException)
        {
            return false;
        }
    }

    private void CheckIdentity(string path, CheckpointIdentity saved)
    {
        if (saved.Fingerprint != identity.Fingerprint)
        {
            throw new NoraException($"{path} is of another plan: its fingerprint is {saved.Fingerprint}, this run's is " +
                $"{identity.Fingerprint}. Run with the spec and the settings that it was started with, or start a new run.");
        }
        if (saved.Seed != identity.Seed)
        {
            throw new NoraException($"{path} was made with seed {saved.Seed}, this run has seed {identity.Seed}. " +
                "Resume with the same seed, or start a new run.");
        }
        if (saved.FusedOperators != identity.FusedOperators)
        {
            say?.Invoke($"{path} was made {(saved.FusedOperators ? "with" : "without")} libtorch's fused operators, this run goes on " +
                $"{(identity.FusedOperators ? "with" : "without")} them: the last bits will differ. " +
                $"Set {LibtorchOperators.Switch}={(saved.FusedOperators ? "on" : "off")} to go on to the bit.");
        }
        if (saved.Processes != identity.Processes)
        {
            say?.Invoke($"{path} was made by {Count(saved.Processes)}, this run has {Count(identity.Processes)}: gradients may be added up in another " +
                $"order, so the last bits may differ. Use {saved.Processes} to go on to the bit.");
        }
        if (saved.Threads == identity.Threads) return;
        say?.Invoke($"{path} was made with {saved.Threads} torch threads, this run has {identity.Threads}: sums are added up in another " +
            $"order, so the last bits will differ. Use {saved.Threads} threads to go on to the bit.");
    }

    private static string Count(int processes) => processes == 1 ? "1 process" : $"{processes} processes";

    private static string Name(int step) => Prefix + step.ToString("D6", CultureInfo.InvariantCulture);

    private static void Write(string path, IEnumerable<NamedTensor> tensors) =>
        SafetensorsWriter.Write(path, tensors.Select(entry => KeyValuePair.Create(entry.Name, entry.Value)));

    private void CheckSpace(long needed)
    {
        var free = new DriveInfo(_folder).AvailableFreeSpace;
        if (free < needed)
            throw new IOException($"The disk is full: {free:N0} bytes are free; make room, or choose another output folder.");
    }

    private string Previous() => Found() is [{ Path: var path }, ..]
        ? $"The previous checkpoint stays: {path}."
        : "There is no earlier checkpoint.";

    /// <summary>Checkpoint folders by their names, newest first.</summary>
    private IReadOnlyList<(int Step, string Path)> Found() => Found(_folder);

    /// <summary>The step of the newest checkpoint in a folder, by its name; null where there is none.</summary>
    internal static int? LastStep(string folder) => Found(folder) is [var (step, _), ..] ? step : null;

    private static IReadOnlyList<(int Step, string Path)> Found(string folder)
    {
        if (!Directory.Exists(folder)) return [];
        var found = new List<(int Step, string Path)>();
        foreach (var path in Directory.EnumerateDirectories(folder, Prefix + "*"))
        {
            var number = Path.GetFileName(path)[Prefix.Length..];
            if (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var step)) found.Add((step, path));
        }
        return [.. found.OrderByDescending(entry => entry.Step)];
    }

    private void Prune(int saved)
    {
        try
        {
            var all = Found();
            foreach (var (_, path) in all.Where(entry => entry.Step > saved)) Retire(path);
            foreach (var (_, path) in all.Where(entry => entry.Step <= saved).Skip(_keep)) Retire(path);
            foreach (var left in Directory.EnumerateDirectories(_folder, $".{Prefix}*.tmp")) Remove(left);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            say?.Invoke($"An older checkpoint could not be removed: {e.Message}");
        }
    }

    /// <summary>Hides a folder before it is emptied, so that a kill in between leaves nothing that looks like a checkpoint.</summary>
    private void Retire(string path)
    {
        var hidden = Path.Combine(_folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        Directory.Move(path, hidden);
        Remove(hidden);
    }

    private static void Remove(string path)
    {
        try
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A hidden folder that stays is no checkpoint; the next save tries again.
        }
    }
}
