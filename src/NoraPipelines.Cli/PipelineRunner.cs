using System.Globalization;
using NoraPipelines.Cli.CommandLine;
using NoraPipelines.Cli.Reporting;
using NoraPipelines.Cli.Terminal;
using NoraPipelines.Interop;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Runs.Progress;
using NoraPipelines.Runs.Settings;
using TorchSharp;

namespace NoraPipelines.Cli;

/// <summary>One pipeline's runs: finds or makes the folder, locks it, executes, and writes result and report.</summary>
internal sealed class PipelineRunner(Pipeline pipeline, CommandContext context, RunRequest request, StopRequest stop)
{
    /// <summary>Who is told of the run.</summary>
    public RunView View { get; init; } = context.Output.View;

    /// <summary>What a stopped run says of how to go on; null: the command line of `run`.</summary>
    public string? ResumeHint { get; init; }

    private HostEnvironment Host => context.Host;

    /// <summary>The folder of each seed; for --resume of those that exist.</summary>
    /// <exception cref="NoraException">--resume, and no seed has a run to go on with.</exception>
    public IReadOnlyList<string> Folders(IReadOnlyList<int> seeds)
    {
        var output = request.Output is { } typed ? context.FullPath(typed) : null;
        var start = Host.Now();
        if (!request.Resume) return [.. seeds.Select(seed => Given(seed) ?? RunFolders.New(Host.CurrentDirectory, pipeline.Plan.Name, seed, start))];

        var found = seeds.Select(seed => Given(seed) ?? RunFolders.Newest(Host.CurrentDirectory, pipeline.Plan.Name, seed)).ToArray();
        if (!found.Any(path => path is not null && File.Exists(Path.Combine(path, "plan.json"))))
            throw new NoraException(
                $"There is no run of {pipeline.Plan.Name} to resume in {output ?? Path.Combine(Host.CurrentDirectory, "runs", pipeline.Plan.Name)}"
                + $" (seed {string.Join(", ", seeds)}). Start one without --resume, or name its folder with --output.");
        return [.. found.Zip(seeds, (path, seed) => path ?? RunFolders.New(Host.CurrentDirectory, pipeline.Plan.Name, seed, start))];

        string? Given(int seed) => output is null ? null
            : seeds.Count == 1 ? output
            : Path.Combine(output, "seed-" + seed.ToString(CultureInfo.InvariantCulture));
    }

    public RunReport Run(int seed, string folder, RunSettings settings)
    {
        var view = View;
        var directory = RunDirectory.Create(folder);
        using var held = RunLock.Take(directory);
        var record = PlanRecord.Of(pipeline, settings, seed);
        if (Earlier(directory, record) is { } finished)
        {
            view.Say($"This run is finished already; nothing to do. {directory.Path}");
            if (!File.Exists(directory.ReportFile)) HtmlReport.Write(directory);
            RunNarrative.Finish(view, finished);
            return finished;
        }
        stop.EndAtOnce = () =>
        {
            context.Output.Fail($"Stopped. {HowToResume(directory)}");
            Host.EndNow(NoraCommandLine.Stopped);
        };
        stop.Asked = () => view.Warn("Stopping after this step. Once more leaves at once.");
        record.Write(directory);
        RunNarrative.Begin(view, record.Summary, seed, directory);
        using var outOfMemory = new OutOfMemoryHandler(bytes =>
        {
            context.Output.Fail($"{Failure.OutOfMemory(bytes)} {HowToResume(directory)}");
            Host.EndNow(NoraCommandLine.Failed);
        });
        MemoryUse.Begin();
        torch.manual_seed(seed); // what ran before it in this process leaves no trace

        var run = new RunContext(pipeline, settings, PlannedPaths.Of(pipeline), directory, seed, view, stop) { ResumeHint = HowToResume(directory) };
        RunEnvironment.Of(pipeline, run.Device, context.Arguments).Write(directory);
        var report = pipeline.Execute(run);
        foreach (var key in run.UnreadSettings) view.Warn($"{key} was set, but this program never asked for it.");
        RunDirectory.WriteText(directory.ResultFile, RunJson.Write(report));
        File.Delete(StartStore.FileOf(directory));
        HtmlReport.Write(directory);
        RunNarrative.Finish(view, report);
        return report;
    }

    /// <summary>The result that is there already; null where the run has to be done, from its start or from where it stopped.</summary>
    private RunReport? Earlier(RunDirectory directory, PlanRecord record)
    {
        if (!File.Exists(directory.PlanFile))
        {
            directory.RefuseForeignFiles();
            return null;
        }
        if (!directory.HasProgress) return null; // it failed at its start: nothing to lose, and nothing that another plan could mix with
        if (!request.Resume)
            throw new NoraException($"{directory.Path}: this folder holds a run already. Go on with it by --resume, or choose another with --output.");
        record.RefuseIfChanged(directory);
        return directory.IsFinished ? RunJson.Read<RunReport>(directory.ResultFile) : null;
    }

    /// <summary>The command line that goes on with this run.</summary>
    private string HowToResume(RunDirectory directory)
    {
        if (ResumeHint is not null) return ResumeHint;
        var words = context.Arguments.Where(argument => argument != "--resume").ToList();
        if (request.Output is null) words.AddRange(["--output", directory.Path]);
        if (request.Output is null && request.Seed is null) words.AddRange(["--seed", Path.GetFileName(directory.Path).Split('-')[^1].Split('.')[0]]);
        words.Add("--resume");
        return CommandWords.GoOn(words);
    }
}
