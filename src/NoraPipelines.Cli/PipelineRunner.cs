using System.Globalization;
using NoraPipelines.Checkpoints;
using NoraPipelines.Cli.CommandLine;
using NoraPipelines.Cli.Preflight;
using NoraPipelines.Cli.Reporting;
using NoraPipelines.Cli.Terminal;
using NoraPipelines.Interop;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Runs.Progress;
using NoraPipelines.Runs.Settings;
using NoraPipelines.Training;
using TorchSharp;

namespace NoraPipelines.Cli;

/// <summary>One pipeline's runs: checks what they need, finds or makes the folder, locks it, executes, and writes result and report.</summary>
internal sealed class PipelineRunner(Pipeline pipeline, CommandContext context, RunRequest request)
{
    /// <summary>Who is told of the run.</summary>
    public RunView View { get; init; } = context.Output.View;

    /// <summary>What a stopped run says of how to go on; null: the command line of `run`.</summary>
    public string? ResumeHint { get; init; }

    private readonly ChosenDevice _device = context.Device(pipeline, request.Device);

    private HostEnvironment Host => context.Host;

    private string Runs => RunFolders.Of(Host.CurrentDirectory, pipeline.Plan.Name);

    /// <summary>The folder of each seed; for --resume of those that exist.</summary>
    /// <exception cref="NoraException">--resume, and no seed has a run to go on with.</exception>
    public IReadOnlyList<string> Folders(IReadOnlyList<int> seeds, RunSettings settings)
    {
        var output = request.Output is { } typed ? context.FullPath(typed) : null;
        var start = Host.Now();
        if (!request.Resume) return [.. seeds.Select(seed => Given(seed) ?? RunFolders.New(Host.CurrentDirectory, pipeline.Plan.Name, seed, start))];

        var found = seeds.Select(seed => Given(seed) ?? RunFolders.Newest(Runs, PlanRecord.Of(pipeline, settings, seed), View.Say)).ToArray();
        if (!found.Any(path => path is not null && RunDirectory.At(path).WasOpened))
            throw new NoraException(
                $"There is no run of {pipeline.Plan.Name} to resume in {output ?? Runs}"
                + $" (seed {string.Join(", ", seeds)}). Start one without --resume, or name its folder with --output.");
        return [.. found.Zip(seeds, (path, seed) => path ?? RunFolders.New(Host.CurrentDirectory, pipeline.Plan.Name, seed, start))];

        string? Given(int seed) => output is null ? null
            : seeds.Count == 1 ? output
            : Path.Combine(output, "seed-" + seed.ToString(CultureInfo.InvariantCulture));
    }

    public RunReport Run(int seed, string folder, RunSettings settings)
    {
        var record = PlanRecord.Of(pipeline, settings, seed);
        if (!RunDirectory.At(folder).IsFinished) RunPreflight.Check(pipeline, settings, record.Summary, RunDirectory.At(folder), Host.MemoryLimit(), _device, View.Warn);
        var isNew = !Directory.Exists(folder);
        var directory = RunDirectory.Create(folder);
        try
        {
            using var held = RunLock.Take(directory);
            if (Earlier(directory, record) is { } finished) return AgainOf(finished, directory);
            return Execute(directory, record, settings);
        }
        finally
        {
            if (isNew) directory.RemoveIfNothingBegan();
        }
    }

    private RunReport Execute(RunDirectory directory, PlanRecord record, RunSettings settings)
    {
        var (view, stop, seed) = (View, context.Stop, record.Seed);
        using var farewell = stop.Saying(() => directory.HasProgress ? $"Stopped. {HowToResume(directory, seed)}" : directory.SayNothingBegan());
        stop.Asked = () => view.Warn("Stopping after this step. Once more leaves at once.");
        AtomicFile.Sweep(directory.Path);
        var goesOn = directory.HasProgress;
        record.Write(directory); // first: a folder without it holds no run
        var identity = Identity(directory, goesOn);
        foreach (var (group, files) in DataPreflight.EvaluationFiles(settings.Plan, PlannedPaths.Of(pipeline))) identity.Hold(group, SampledMark.Of(files));
        RunNarrative.Begin(view, record.Summary, seed, _device, directory);
        using var outOfMemory = new OutOfMemoryHandler(bytes =>
            Host.End(NoraCommandLine.Failed, () => context.Output.Fail($"{Failure.OutOfMemory(bytes)} {HowToResume(directory, seed)}")));
        MemoryUse.Begin(_device.Device);
        torch.manual_seed(seed); // what ran before it in this process leaves no trace

        var run = new RunContext(pipeline, settings, PlannedPaths.Of(pipeline), _device.Device, directory, seed, view, stop, identity) { ResumeHint = HowToResume(directory, seed) };
        RunEnvironment.Of(pipeline, _device, context.Arguments).Write(directory);
        try
        {
            var report = pipeline.Execute(run);
            // A run that goes on does not ask again for what it asked for at its start.
            foreach (var key in goesOn ? [] : run.UnreadSettings) view.Warn($"{key} was set, but this program never asked for it.");
            if (File.Exists(directory.MetricsFile)) StageStore.Mark(directory, directory.MetricsFile, FileMark.Of(directory.MetricsFile));
            RunJson.WriteChecked(directory.ResultFile, report);
            File.Delete(StartStore.FileOf(directory));
            AtomicFile.Sweep(directory.Path);
            HtmlReport.Write(directory);
            RunNarrative.Finish(view, report);
            return report;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException
            || (problem is NoraException and not StoppedException && directory.IsGone))
        {
            throw new NoraException($"{Failure.OneLine(problem)} {directory.WhatStays(HowToResume(directory, seed))}", problem);
        }
    }

    private RunReport AgainOf(RunReport finished, RunDirectory directory)
    {
        View.Say($"This run is finished already; nothing to do. {directory.Path}");
        AtomicFile.Sweep(directory.Path);
        if (!File.Exists(directory.ReportFile)) HtmlReport.Write(directory);
        RunNarrative.Finish(View, finished);
        return finished;
    }

    /// <summary>The result that is there already; null where the run has to be done, from its start or from where it stopped.</summary>
    private RunReport? Earlier(RunDirectory directory, PlanRecord record)
    {
        if (request.Resume) directory.RefuseOtherKinds();
        if (!File.Exists(directory.PlanFile))
        {
            if (request.Resume && directory.HasProgress)
                throw new NoraException($"{directory.PlanFile}: there is no such file, so nothing says which run this is. Put a copy back, or start a new run without --resume.");
            directory.RefuseForeignFiles();
            return null;
        }
        directory.RefuseLinks();
        if (!directory.HasProgress) return null; // it failed at its start: nothing to lose, and nothing that another plan could mix with
        if (!request.Resume)
            throw new NoraException($"{directory.Path}: this folder holds a run already. Go on with it by --resume, or choose another with --output.");
        record.RefuseIfChanged(directory);
        if (directory.IsFinished) return RunJson.ReadChecked<RunReport>(directory.ResultFile);
        StageStore.CheckAll(directory);
        return null;
    }

    /// <summary>What the run was started with, or begins with; what can be compared before anything is loaded is compared.</summary>
    private HeldIdentity Identity(RunDirectory directory, bool goesOn)
    {
        var earlier = goesOn ? RunIdentity.Read(directory) ?? throw new NoraException($"{directory.IdentityFile}: there is no such file, so nothing says what the run was "
            + "started with. Put a copy back, or start a new run without --resume.") : null;
        var identity = new HeldIdentity(directory, earlier ?? new RunIdentity
        {
            Number = request.Output is null ? RunFolders.NextNumber(Runs) : 1,
            Started = DateTimeOffset.UtcNow,
            Marks = new Dictionary<string, IReadOnlyDictionary<string, string>>(),
        }, request.AllowChanged, View);
        identity.Hold(RunIdentity.Program, ProgramMarks.Of(pipeline));
        identity.Hold(RunIdentity.Device, new Dictionary<string, string> { ["type"] = _device.Kind });
        return identity;
    }

    /// <summary>The command line that goes on with this run.</summary>
    private string HowToResume(RunDirectory directory, int seed)
    {
        if (ResumeHint is not null) return ResumeHint;
        var words = context.Arguments.Where(argument => argument != "--resume").ToList();
        if (request.Output is null) words.AddRange(["--output", directory.Path]);
        if (request.Output is null && request.Seed is null) words.AddRange(["--seed", seed.ToString(CultureInfo.InvariantCulture)]);
        words.Add("--resume");
        return CommandWords.GoOn(words);
    }
}
