using NoraPipelines.Checkpoints;
using NoraPipelines.Training;

namespace NoraPipelines.Runs;

/// <summary>
/// A run's folder. plan.json and environment.json are written first, result.json last: a folder without it can be resumed.
/// </summary>
public sealed class RunDirectory
{
    private static readonly string[] Written = ["plan.json", "environment.json", "identity.json", ".lock"];

    private RunDirectory(string path) => Path = path;

    public string Path { get; }

    public string PlanFile => In("plan.json");

    public string EnvironmentFile => In("environment.json");

    /// <summary>What the run was started with: program, weights, tokenizer, examples.</summary>
    internal string IdentityFile => In("identity.json");

    /// <summary>One JSON object a line, one line an optimizer step.</summary>
    public string MetricsFile => In("metrics.jsonl");

    public string ResultFile => In("result.json");

    public string ReportFile => In("report.html");

    /// <summary>The exported LoRA.</summary>
    public string AdapterFolder => In("adapter");

    /// <summary>The nested factors themselves.</summary>
    public string NestedFolder => In("nested");

    /// <summary>The adapter in PEFT's own form of its method, where that is not a plain LoRA.</summary>
    public string MethodFolder => In("method");

    /// <summary>The whole model with the adapter folded in, where the plan exports it.</summary>
    public string MergedFolder => In("merged");

    public string CheckpointsFolder => In("checkpoints");

    /// <summary>Results of the stages before and after training, so that a resumed run does not repeat them.</summary>
    public string StagesFolder => In("stages");

    /// <summary>What the model answered in evaluations.</summary>
    public string PredictionsFolder => In("predictions");

    private string[] Folders => [AdapterFolder, NestedFolder, MethodFolder, MergedFolder, CheckpointsFolder, StagesFolder, PredictionsFolder];

    /// <summary>Held by the process that writes into the folder; a killed one leaves it there.</summary>
    internal string LockFile => In(".lock");

    /// <summary>Whether a run was started in the folder, however short a time it lived.</summary>
    internal bool WasOpened => System.IO.Path.Exists(PlanFile) || System.IO.Path.Exists(LockFile);

    /// <summary>Whether the run came to its end.</summary>
    public bool IsFinished => File.Exists(ResultFile);

    /// <summary>The step of the newest checkpoint; null where there is none.</summary>
    internal int? LastCheckpoint => TrainingCheckpoints.LastStep(CheckpointsFolder);

    /// <summary>Whether somebody took the folder of a run away, which what was written later may have made again.</summary>
    internal bool IsGone => !File.Exists(PlanFile);

    /// <summary>Ends a run whose folder was taken away, before it works on for nothing.</summary>
    /// <exception cref="IOException">It is gone.</exception>
    internal void CheckIsThere()
    {
        if (IsGone) throw new IOException($"{PlanFile}: is gone; somebody removed it while the run went on. Leave a run's folder where it is.");
    }

    /// <summary>What of the run is kept, and how to go on, for a message of what stopped it.</summary>
    /// <param name="hint">How to go on where the folder is still there.</param>
    internal string WhatStays(string hint) => IsGone
        ? "The run's folder is gone, and with it everything that was saved; start the run again."
        : (LastCheckpoint is { } step ? $"The checkpoint of step {step} stays."
            : StageStore.HasAny(this) ? "The stages that were finished stay; there is no checkpoint yet."
            : "Nothing was saved yet.") + " " + hint;

    /// <summary>Whether something was computed in it that a new start would lose.</summary>
    internal bool HasProgress => IsFinished || File.Exists(MetricsFile) || IsFilled(CheckpointsFolder) || StageStore.HasAny(this);

    /// <summary>The folder at <paramref name="path"/>, made where it is missing.</summary>
    /// <exception cref="NoraException">The folder cannot be made.</exception>
    public static RunDirectory Create(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new NoraException($"{full}: the run's folder cannot be made: {problem.Message} Choose another with --output.", problem);
        }
        return new RunDirectory(full);
    }

    /// <summary>The folder of an earlier run.</summary>
    /// <exception cref="NoraException">There is no such folder, or no run began in it, or a file of it is a folder.</exception>
    public static RunDirectory Open(string path)
    {
        var directory = new RunDirectory(System.IO.Path.GetFullPath(path));
        directory.RefuseOtherKinds();
        if (File.Exists(directory.PlanFile)) return directory;
        var found = FolderAccess.Problem(directory.Path) ?? (Directory.Exists(directory.Path) ? "a folder without plan.json" : "no such folder");
        throw new NoraException($"{directory.Path}: {found}. Expected the folder of a run, as `run` prints it: runs/<pipeline>/<start time>-<seed>.");
    }

    /// <summary>The folder at <paramref name="path"/>, whether it is there or not.</summary>
    internal static RunDirectory At(string path) => new(System.IO.Path.GetFullPath(path));

    /// <summary>For a folder in which no run began: a run writes neither among a project's sources nor over files of something else.</summary>
    /// <exception cref="NoraException">There are such files.</exception>
    internal void RefuseForeignFiles()
    {
        string[] own = [PlanFile, EnvironmentFile, IdentityFile, MetricsFile, ResultFile, ReportFile, .. Folders];
        var foreign = own.Where(System.IO.Path.Exists)
            .Concat(((string[])["*.csproj", "*.sln", "*.nora.yaml", ".git"]).SelectMany(pattern => Directory.EnumerateFileSystemEntries(Path, pattern)))
            .Select(System.IO.Path.GetFileName).FirstOrDefault();
        if (foreign is not null)
            throw new NoraException($"{Path}: this folder holds {foreign}, which no run wrote. Name a new or empty folder with --output.");
    }

    /// <summary>A folder of the run that is a link leads to where somebody else may want it: nothing is written through it.</summary>
    /// <exception cref="NoraException">There is such a folder.</exception>
    internal void RefuseLinks()
    {
        foreach (var folder in Folders)
        {
            if (new DirectoryInfo(folder).LinkTarget is { } target)
                throw new NoraException($"{folder}: is a link to {target}, and a run writes through none. Put the folder itself there; the run's folder as a whole may be reached by a link.");
        }
    }

    /// <summary>What a folder is taken for that has a file's name, or the other way round, is not there.</summary>
    /// <exception cref="NoraException">There is such a folder or file.</exception>
    internal void RefuseOtherKinds()
    {
        foreach (var file in (string[])[PlanFile, EnvironmentFile, IdentityFile, MetricsFile, ResultFile, ReportFile])
            if (Directory.Exists(file)) throw new NoraException($"{file}: is a folder, expected a file of the run. Put the file back, or start a new run.");
        foreach (var folder in Folders)
            if (File.Exists(folder)) throw new NoraException($"{folder}: is a file, expected a folder of the run. Put the folder back, or start a new run.");
    }

    /// <summary>What a run says that is stopped before it computed anything, after it took away what it had made.</summary>
    internal string SayNothingBegan()
    {
        RemoveIfNothingBegan();
        return "Stopped; nothing was begun.";
    }

    /// <summary>Takes away the folder of a run that ended before anything was computed: it holds plan and book-keeping alone.</summary>
    internal void RemoveIfNothingBegan()
    {
        try
        {
            if (!Directory.Exists(Path) || HasProgress || IsFilled(PredictionsFolder)) return;
            AtomicFile.Sweep(Path);
            foreach (var file in Directory.EnumerateFiles(Path).Where(file => Written.Contains(System.IO.Path.GetFileName(file)))) File.Delete(file);
            if (Directory.Exists(StagesFolder)) Directory.Delete(StagesFolder, recursive: true);
            foreach (var folder in Directory.EnumerateDirectories(Path)) Directory.Delete(folder); // an empty one
            Directory.Delete(Path);
        }
        catch (Exception kept) when (kept is IOException or UnauthorizedAccessException)
        {
            // It holds something of somebody else's, or is looked at: then it stays.
        }
    }

    private static bool IsFilled(string folder) => Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any();

    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    internal static void WriteText(string path, string text) => AtomicFile.WriteText(path, text);
}
