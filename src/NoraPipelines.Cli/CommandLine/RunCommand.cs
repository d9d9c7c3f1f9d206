using System.CommandLine;
using NoraPipelines.Runs.Folder;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>`run`: trains, evaluates, exports, reports; once for each seed.</summary>
internal static class RunCommand
{
    public const string Name = "run";

    public static Command Create(CommandContext context)
    {
        var (pipeline, set, device) = (CommonOptions.Pipeline(), CommonOptions.Set(), CommonOptions.Device());
        var output = new Option<string?>("--output") { Description = "The run's own folder (several seeds: DIR/seed-N)", HelpName = "DIR" };
        var resume = new Option<bool>("--resume") { Description = "Go on with the newest unfinished run, or the one in --output" };
        var seed = new Option<int?>("--seed") { Description = "Run this seed alone", HelpName = "N" };
        var allowed = CommonOptions.AllowChanged();
        var command = new Command(Name, "Trains, evaluates, exports and writes a report") { pipeline, set, output, resume, allowed, seed, device, CommonOptions.Json() };
        command.SetAction(parsed => Run(context, new RunRequest(
            parsed.GetRequiredValue(pipeline), parsed.GetValue(set) ?? [], parsed.GetValue(output), parsed.GetValue(resume), parsed.GetValue(seed))
        { AllowChanged = CommonOptions.Allowed(parsed.GetValue(allowed), parsed.GetValue(resume)), Device = parsed.GetValue(device) }));
        return command;
    }

    private static int Run(CommandContext context, RunRequest request)
    {
        var pipeline = context.Pipelines.Find(request.Pipeline);
        if (request.Seed < 0) throw new UsageException($"--seed is {request.Seed}. Expected a whole number of at least 0.");
        var settings = context.Settings(pipeline, request.Assignments);
        var runner = new PipelineRunner(pipeline, context, request);
        var seeds = request.Seed is { } only ? [only] : settings.Plan.Training.Seeds.ToArray();
        var folders = runner.Folders(seeds, settings);

        List<RunReport> reports = [];
        using var between = context.Stop.Saying(() => reports.Count == 0 ? "Stopped; nothing was begun."
            : $"Stopped after {reports.Count} of {seeds.Length} seeds. {CommandWords.GoOn(context.Arguments.Where(word => word != "--resume").Append("--resume"))}");
        foreach (var (seed, folder) in seeds.Zip(folders))
            reports.Add(runner.Run(seed, folder, context.Settings(pipeline, request.Assignments))); // settings remember what the program has asked for
        if (reports.Count == 1) context.Output.Reply(reports[0], static _ => { });
        else context.Output.Reply(SeedSummary.Of(reports), view => SeedSummary.Show(view, reports));
        return NoraCommandLine.Done;
    }
}

/// <summary>What `run` was asked for.</summary>
internal sealed record RunRequest(string Pipeline, IReadOnlyList<string> Assignments, string? Output, bool Resume, int? Seed)
{
    /// <summary>Of <see cref="RunIdentity.Keys"/>: what may differ from when the run was started.</summary>
    public IReadOnlyList<string> AllowChanged { get; init; } = [];

    /// <summary>What --device says; null: it was not given.</summary>
    public string? Device { get; init; }
}
