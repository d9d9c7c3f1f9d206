using NoraPipelines.Checkpoints;
using NoraPipelines.Cli.CommandLine;
using NoraPipelines.Cli.Reporting;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Training;

namespace NoraPipelines.Cli.Comparing;

/// <summary>
/// Runs every variant with every seed, one after another in this process. Seeds are the outer loop: a comparison that is only begun
/// has compared all variants on its first seed.
/// </summary>
internal sealed class ComparisonRunner(Comparison comparison, CommandContext context, CompareRequest request)
{
    private readonly ComparisonView _view = new(context.Output.View);

    /// <exception cref="UsageException">A variant, seed or setting that there is not.</exception>
    /// <exception cref="NoraException">The folder is in use, or holds another comparison.</exception>
    /// <exception cref="StoppedException">It was asked to stop; the run that was going is saved.</exception>
    public ComparisonResults Run()
    {
        var device = context.Device(comparison.Variants[0].Pipeline, request.Device); // before anything is made: each run chooses the same
        var folder = Folder();
        var earlier = request.Resume ? ComparisonRecord.Read(folder) : null;
        var planned = ComparisonPlan.Of(comparison, context, request, earlier);
        earlier?.RefuseIfChanged(folder, planned.Record);

        using var held = RunLock.Take(RunDirectory.Create(folder));
        using var farewell = context.Stop.Saying(() => $"Stopped. {HowToResume(folder)}");
        AtomicFile.Sweep(folder);
        if (earlier is null) (planned.Record with { Number = ComparisonFolders.NextNumber(folder) }).Write(folder);
        var results = ComparisonFiles.Write(folder);
        _view.Begin(results);
        if (device.Told is { } told) context.Output.View.Say(told);
        for (var index = 0; index < results.Runs.Count; index++)
        {
            var run = results.Runs[index];
            if (run.State != RunState.Finished) results = RunOne(planned, folder, results, index);
            else if (!File.Exists(run.Directory.ReportFile)) HtmlReport.Write(run.Directory); // it was killed just before
        }
        _view.Finish(results);
        return results;
    }

    private ComparisonResults RunOne(ComparisonPlan planned, string folder, ComparisonResults results, int index)
    {
        var (name, seed) = (results.Runs[index].Variant, results.Runs[index].Seed);
        var variant = planned.Variants.First(variant => variant.Name == name);
        var own = ComparisonFolders.Run(folder, name, seed);
        var assignments = request.Assignments;
        ComparedRun.ForgetFailure(own);
        _view.BeginRun(results, index);
        try
        {
            var asked = new RunRequest(variant.Pipeline.Plan.Name, assignments, own, request.Resume, seed) { AllowChanged = request.AllowChanged, Device = request.Device };
            var runner = new PipelineRunner(variant.Pipeline, context, asked)
            {
                View = context.Output.Quiet($"{name}, seed {seed}"),
                ResumeHint = HowToResume(folder),
            };
            runner.Run(seed, own, context.Settings(variant.Pipeline, assignments, [.. comparison.Variants.Select(other => other.Pipeline)]));
        }
        catch (StoppedException)
        {
            ComparisonFiles.Write(folder);
            throw;
        }
        catch (Exception problem) when (IsTheRunsOwn(problem))
        {
            ComparedRun.WriteFailure(own, Failure.Explain(problem, context.Host).Message);
        }
        results = ComparisonFiles.Write(folder);
        _view.EndRun(results, index);
        return results;
    }

    /// <summary>Whether the others may go better: not where the user stops them, or libtorch is missing for all.</summary>
    private static bool IsTheRunsOwn(Exception problem) =>
        problem is not (StoppedException or OperationCanceledException) && Failure.NativeFailure(problem) is null;

    /// <exception cref="NoraException">A new comparison in a folder that is used, or none to resume.</exception>
    private string Folder()
    {
        var current = context.Host.CurrentDirectory;
        var output = request.Output is { } typed ? context.FullPath(typed) : null;
        if (!request.Resume)
        {
            if (output is not null && (ComparisonRecord.IsIn(output) || File.Exists(RunDirectory.At(output).PlanFile)))
                throw new NoraException($"{output}: this folder holds a {(ComparisonRecord.IsIn(output) ? "comparison" : "run")} already. "
                    + "Go on with it by --resume, or choose another with --output.");
            return output ?? ComparisonFolders.New(current, comparison.Name, context.Host.Now());
        }
        var found = output ?? ComparisonFolders.Newest(current, comparison.Name);
        if (found is not null && ComparisonRecord.IsIn(found)) return found;
        var place = output ?? Path.Combine(current, "runs", comparison.Name);
        throw new NoraException($"There is no comparison of {comparison.Name} to resume in {place}. "
            + "Start one without --resume, or name its folder with --output.");
    }

    private string HowToResume(string folder)
    {
        List<string> words = [.. context.Arguments.Where(argument => argument != "--resume")];
        if (request.Output is null) words.AddRange(["--output", folder]);
        return CommandWords.GoOn([.. words, "--resume"]);
    }
}
