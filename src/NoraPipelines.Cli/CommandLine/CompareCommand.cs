using System.CommandLine;
using NoraPipelines.Cli.Comparing;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Settings;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>`compare`: runs all variants of a sweep with all seeds, and tells them apart.</summary>
internal static class CompareCommand
{
    public const string Name = "compare", SweepName = "sweep";

    public static Command Create(CommandContext context)
    {
        var name = new Argument<string>(SweepName) { Description = "Name of a spec with a sweep; `list` shows them" };
        var (set, device) = (CommonOptions.Set(), CommonOptions.Device());
        var seeds = new Option<string?>("--seeds") { Description = "Seeds, instead of the spec's: 1,2,3", HelpName = "N,…" };
        var only = new Option<string?>("--only") { Description = "Some of the variants: awsvd,svd", HelpName = "NAME,…" };
        var output = new Option<string?>("--output") { Description = "The comparison's own folder", HelpName = "DIR" };
        var resume = new Option<bool>("--resume")
        {
            Description = "Go on with the newest unfinished comparison, or the one in --output; failed runs are tried again",
        };
        var allowed = CommonOptions.AllowChanged();
        var command = new Command(Name, "Runs all variants of a sweep with all seeds and compares them")
        {
            name, set, seeds, only, output, resume, allowed, device, CommonOptions.Json(),
        };
        command.SetAction(parsed => Run(context, new CompareRequest(
            parsed.GetRequiredValue(name), parsed.GetValue(set) ?? [], Seeds(parsed.GetValue(seeds)), Names(parsed.GetValue(only)),
            parsed.GetValue(output), parsed.GetValue(resume))
        { AllowChanged = CommonOptions.Allowed(parsed.GetValue(allowed), parsed.GetValue(resume)), Device = parsed.GetValue(device) }));
        return command;
    }

    private static int Run(CommandContext context, CompareRequest request)
    {
        var comparison = context.Pipelines.FindComparison(request.Comparison);
        var results = new ComparisonRunner(comparison, context, request).Run();
        context.Output.Reply(results.Variants, static _ => { });
        if (results.Failed.Count == 0) return NoraCommandLine.Done;
        context.Output.Fail(
            $"{results.Failed.Count} of {results.Runs.Count} runs failed; {results.MarkdownFile} says why. --resume tries them again.");
        return NoraCommandLine.Failed;
    }

    /// <exception cref="UsageException">The text is no list of different whole numbers.</exception>
    private static int[]? Seeds(string? typed)
    {
        if (typed is null) return null;
        return SettingText.Read(Keys.Training.Seeds, typed) is { } list && Keys.Training.Seeds.Read(list) is var seeds && seeds.Distinct().Count() == seeds.Count
            ? [.. seeds] : throw new UsageException($"--seeds is '{typed}'. Expected different whole numbers, such as 1,2,3.");
    }

    /// <exception cref="UsageException">The text has no names.</exception>
    private static string[]? Names(string? typed)
    {
        if (typed is null) return null;
        var names = typed.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Length > 0 ? names : throw new UsageException("--only names no variant. Expected names with commas between them.");
    }
}
