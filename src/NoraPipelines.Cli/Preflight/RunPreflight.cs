using NoraPipelines.Checkpoints;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Settings;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Cli.Preflight;

/// <summary>What a run needs of the machine, looked at before its folder is made and before a weight is read; all that is missing is told at once.</summary>
internal static class RunPreflight
{
    /// <param name="memory">Bytes that the process may use.</param>
    /// <param name="device">Where the run computes.</param>
    /// <param name="warn">Told what may go wrong and need not.</param>
    /// <exception cref="NoraException">Something is missing, damaged, or too small.</exception>
    public static void Check(Pipeline pipeline, RunSettings settings, PlanSummary summary, RunDirectory directory, long memory, ChosenDevice device, Action<string> warn)
    {
        var (plan, paths) = (settings.Plan, PlannedPaths.Of(pipeline));
        List<string> problems =
        [
            .. Attempts([() => Model(plan, paths), () => Tokenizer(plan, paths), () => Start(plan, paths), .. DataPreflight.Checks(plan, paths)]).Distinct(),
            .. MachinePreflight.Check(plan, summary, directory, memory, device, device.Memory, warn),
        ];
        if (problems.Count == 0) return;
        throw new NoraException(problems.Count == 1 ? problems[0]
            : $"{plan.Name} cannot start, and nothing was begun; {problems.Count} things are in the way:{string.Concat(problems.Select(problem => $"{Environment.NewLine}  {problem}"))}");
    }

    private static IEnumerable<string> Attempts(IEnumerable<Action> checks)
    {
        foreach (var check in checks)
        {
            string? problem = null;
            try
            {
                check();
            }
            catch (Exception found) when (found is NoraException or TextException)
            {
                problem = found.Message;
            }
            catch (Exception found) when (found is IOException or UnauthorizedAccessException)
            {
                problem = $"{found.Message} Check the path and its permissions.";
            }
            if (problem is not null) yield return problem;
        }
    }

    /// <summary>Headers and config.json; no weight is read.</summary>
    private static void Model(PipelinePlan plan, PlannedPaths paths)
    {
        if (plan.Model.Source is not ModelSource.Folder source) return;
        using var checkpoint = HuggingFaceCheckpoint.Open(paths.Existing(Keys.Model.Source.Path.Path, source.Path));
        checkpoint.CheckShape(plan.Model.Shape);
    }

    private static void Tokenizer(PipelinePlan plan, PlannedPaths paths)
    {
        if (plan.Model.Tokenizer is { } own)
        {
            var path = paths.Existing(Keys.Model.Tokenizer.Path, own);
            try
            {
                TextTokenizer.Load(path);
            }
            catch (TokenizerException problem)
            {
                throw new NoraException($"{problem.Message} {path} is what {Keys.Model.Tokenizer.Path} names.", problem);
            }
        }
        else if (plan.Model.Source is ModelSource.Folder source && Path.GetFullPath(source.Path, paths.Folder) is var folder && Directory.Exists(folder))
            TokenizerFiles.Locate(folder); // a folder that is not there is told as the model's
    }

    private static void Start(PipelinePlan plan, PlannedPaths paths)
    {
        if (plan.Adapter.Start is not { } start) return;
        var folder = paths.Existing(Keys.Adapter.StartPath.Path, start);
        string[] known = ["adapter_config.json", "nested.json", "adapter", "nested", "method"];
        if (!known.Any(name => Path.Exists(Path.Combine(folder, name))))
            throw new NoraException($"{folder}: holds neither adapter_config.json nor nested.json. {Keys.Adapter.StartPath.Path} names an adapter's folder, or a run's that has one.");
    }
}
