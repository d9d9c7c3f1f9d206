using NoraPipelines.Data;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Runs.Settings;

namespace NoraPipelines.Cli.Preflight;

/// <summary>Every data set of a plan that is a file here: that it is there, and that its first row has what the program will read.</summary>
internal static class DataPreflight
{
    /// <summary>A check for each data set; it throws what reading the rows would.</summary>
    public static IEnumerable<Action> Checks(PipelinePlan plan, PlannedPaths paths)
    {
        var dataset = plan.Dataset;
        if (Files(dataset.Train, Keys.Dataset.Train.Path) is { } train) yield return () => First(train(), dataset.Train, dataset.Template, dataset.Task, isItem: false);
        for (var i = 0; i < plan.Evaluation.Count; i++)
        {
            var task = plan.Evaluation[i];
            if (Files(task.Data, Keys.Evaluation(i).Path) is { } files) yield return () => First(files(), task.Data, dataset.Template, task.Task.Glue, task.Task.IsAsked);
        }

        Func<DataFiles>? Files(DataSourcePlan source, SpecKey<string?> key) =>
            source.Path is { } path ? () => paths.Existing(key.Path, path) : null;
    }

    /// <summary>The files of each evaluation that are here, by the group of the run's identity that they belong to.</summary>
    public static IEnumerable<(string Group, IReadOnlyList<string> Files)> EvaluationFiles(PipelinePlan plan, PlannedPaths paths) =>
        plan.Evaluation.Select((task, i) => (task.Data.Path, Index: i)).Where(each => each.Path is not null)
            .Select(each => ($"{RunIdentity.Evaluation}.{each.Index}", DataPaths.Of(paths.Existing(Keys.Evaluation(each.Index).Path.Path, each.Path!))));

    /// <summary>As the generated program reads its rows.</summary>
    private static void First(DataFiles files, DataSourcePlan source, TemplatePlan template, GlueTask? task, bool isItem)
    {
        if (task is { } glue)
        {
            GlueReader.Read(files, glue, limit: 1);
            return;
        }
        var custom = template.Kind == TemplateKind.Custom ? new CustomTemplate(template.Prompt ?? "", template.Response!) : null;
        _ = custom is null ? ExampleReader.Stream(files, source.Columns, limit: 1, source.Separator).First()
            : isItem ? ExampleReader.ReadItems(files, custom, source.Columns, limit: 1)[0]
            : ExampleReader.StreamWith(files, custom, limit: 1).First();
    }
}
