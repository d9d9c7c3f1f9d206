using NoraPipelines.Generator.Emission.Families;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>Scores before and after training, by the tasks of the spec.</summary>
internal static class EvaluationSection
{
    public static void WriteBefore(CodeWriter code, PipelineUnit unit)
    {
        if (unit.Plan.Evaluation.Count == 0) return;
        code.Line();
        code.Banner("Evaluate before training", Places.Line(unit.Lines.Evaluation));
        code.Line("var before = run.Once(\"evaluate-before\", () => Evaluate(run, loaded));");
    }

    public static void WriteAfter(CodeWriter code, PipelineUnit unit)
    {
        if (unit.Plan.Evaluation.Count == 0) return;
        code.Line();
        code.Banner("Evaluate after training", Places.Line(unit.Lines.Evaluation));
        code.Line("var after = run.Once(\"evaluate-after\", () => Evaluate(run, loaded));");
    }

    public static void WriteEvaluate(CodeWriter code, PipelineUnit unit)
    {
        var tasks = unit.Plan.Evaluation;
        var loaded = FamilySections.Of(unit.Plan).LoadedType;
        code.Line();
        if (tasks.Count == 0)
        {
            code.Line("/// <summary>The spec names no task.</summary>");
            code.Line($"protected override Scores Evaluate(RunContext run, {loaded} loaded) => Scores.None;");
            return;
        }
        using (code.Block($"protected override Scores Evaluate(RunContext run, {loaded} loaded)"))
        {
            ModelSection.WriteParts(code, unit.Plan);
            if (tasks.Any(task => EvaluationPlan.Asks(task.Task)) && Frame(unit.Plan.Dataset) is { } frame) code.Line($"var frame = {frame};");
            for (var index = 0; index < tasks.Count; index++) WriteTask(code, unit.Plan, tasks[index], index);
            WriteScores(code, tasks);
        }
    }

    private static void WriteTask(CodeWriter code, PipelinePlan plan, EvaluationPlan task, int index)
    {
        var key = $"evaluation.{index}";
        var batch = $"batch: run.Setting(\"{key}.batch\", {task.Batch})";
        if (GlueTasks.Of(task.Task) is { } glue)
        {
            DataSection.WriteLabelled(code, $"var rows{index}", task.Data, key, glue);
            code.Line($"var scores{index} = Glue.Evaluate(model, tokenizer, rows{index}, {CSharp.Member(glue)}, "
                + $"maxTokens: {plan.Dataset.MaxTokens}, {batch}, run.PredictionsFile({CSharp.Text(Name(plan.Evaluation, index))}), run.Progress);");
            return;
        }
        if (plan.Dataset.Template.Kind == TemplateKind.Custom && EvaluationPlan.Asks(task.Task))
            DataExpression.WriteItems(code, $"var rows{index}", task.Data, key);
        else
            DataExpression.Write(code, $"var rows{index}", task.Data, plan.Dataset.Template, key, task.Task == EvaluationTask.Perplexity ? "Stream" : "Read");
        if (task.Task == EvaluationTask.Perplexity)
        {
            code.Line($"var examples{index} = {DataSection.Encoder(plan.Dataset)}.EncodeAll(rows{index});");
            code.Line($"var scores{index} = Perplexity.Evaluate(model, examples{index}, {batch}, tokenizer.PadId ?? 0, run.Progress);");
            return;
        }
        var (protocol, arguments) = Protocol(plan, task.Task);
        var predictions = $"run.PredictionsFile({CSharp.Text(Name(plan.Evaluation, index))})";
        if (task.Decoding.Kind == DecodingKind.Likelihood)
        {
            code.Line($"var scores{index} = {protocol}.Likelihood(model, tokenizer, {arguments}rows{index}, {batch},");
            code.Line($"    {predictions}, run.Progress);");
            return;
        }
        code.Line($"var scores{index} = {protocol}.Evaluate(model, tokenizer, {arguments}rows{index}, {batch},");
        string[] rest = [.. new[] { DecodingExpression.Argument(task), MathFrame(plan, task.Task) }.OfType<string>()];
        code.Line($"    maxNewTokens: run.Setting(\"{key}.max_new_tokens\", {task.MaxNewTokens}), {predictions}, "
            + $"run.Progress{(rest.Length == 0 ? ");" : ",")}");
        if (rest.Length > 0) code.Line($"    {string.Join(", ", rest)});");
    }

    /// <summary>The class of the task's protocol, and what it is told before the rows.</summary>
    private static (string Protocol, string Arguments) Protocol(PipelinePlan plan, EvaluationTask task) => task switch
    {
        EvaluationTask.Gsm8k => ("Gsm8k", ""),
        EvaluationTask.Math => ("CompetitionMath", ""),
        EvaluationTask.ExactMatch => ("ExactMatch", Asked(plan.Dataset) + ", "),
        _ => ("Commonsense", $"{Asked(plan.Dataset)}, CommonsenseSet.{task.ToString().Substring("Commonsense".Length)}, "),
    };

    /// <summary>What `frame` is: how items are asked where no named template frames them; null where one does.</summary>
    private static string? Frame(DatasetPlan dataset) => dataset.Template.Kind switch
    {
        TemplateKind.Chat => "new ChatFrame(ChatTemplate.Load(tokenizer.SourceFolder))",
        TemplateKind.Custom => DataExpression.Custom(dataset.Template),
        _ => null,
    };

    private static string Asked(DatasetPlan dataset) => Frame(dataset) is null ? DataSection.Template(dataset) : "frame";

    /// <summary>gsm8k and math ask with MetaMath's prompt where the model learns Alpaca's frame, else as it learns.</summary>
    private static string? MathFrame(PipelinePlan plan, EvaluationTask task) =>
        task is EvaluationTask.Gsm8k or EvaluationTask.Math
            && plan.Dataset.Template.Kind is TemplateKind.Plain or TemplateKind.Chat or TemplateKind.Custom
            ? $"frame: {Asked(plan.Dataset)}"
            : null;

    /// <summary>The scores, and the sets' unweighted average for each way of decoding that scores more than one of them.</summary>
    private static void WriteScores(CodeWriter code, EquatableArray<EvaluationPlan> tasks)
    {
        var all = Enumerable.Range(0, tasks.Count).Select(index => $"({CSharp.Text(Name(tasks, index))}, scores{index})");
        var averages = Enumerable.Range(0, tasks.Count).Where(index => EvaluationPlan.IsCommonsense(tasks[index].Task))
            .GroupBy(index => tasks[index].Decoding, index => CSharp.Text(Name(tasks, index) + ".accuracy"))
            .Where(sets => sets.Count() > 1).ToList();
        code.Line($"return Scores.Combine({string.Join(", ", all)}){(averages.Count == 0 ? ";" : "")}");
        for (var i = 0; i < averages.Count; i++)
        {
            var name = averages.Count == 1 ? "commonsense.average" : $"commonsense_{i + 1}.average";
            code.Line($"    .WithAverage({CSharp.Text(name)}, {string.Join(", ", averages[i])}){(i + 1 == averages.Count ? ";" : "")}");
        }
    }

    /// <summary>The task's name in metrics; numbered where a spec has the same task twice.</summary>
    private static string Name(EquatableArray<EvaluationPlan> tasks, int index)
    {
        var name = Words.Of(tasks[index].Task);
        var same = Enumerable.Range(0, tasks.Count).Where(other => tasks[other].Task == tasks[index].Task).ToList();
        return same.Count == 1 ? name : $"{name}_{same.IndexOf(index) + 1}";
    }
}
