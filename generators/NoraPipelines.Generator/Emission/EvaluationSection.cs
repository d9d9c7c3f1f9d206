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
        code.Line();
        if (tasks.Count == 0)
        {
            code.Line("/// <summary>The spec names no task.</summary>");
            code.Line("protected override Scores Evaluate(RunContext run, LoadedModel loaded) => Scores.None;");
            return;
        }
        using (code.Block("protected override Scores Evaluate(RunContext run, LoadedModel loaded)"))
        {
            code.Line($"var (model, tokenizer) = (loaded.{ModelSection.Member(unit.Plan)}, loaded.Tokenizer);");
            for (var index = 0; index < tasks.Count; index++) WriteTask(code, unit.Plan, tasks[index], index);
            code.Line($"return Scores.Combine({string.Join(", ", Enumerable.Range(0, tasks.Count).Select(index => $"({CSharp.Text(Name(tasks, index))}, scores{index})"))});");
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
        DataExpression.Write(code, $"var rows{index}", task.Data, key);
        if (task.Task == EvaluationTask.Perplexity)
        {
            code.Line($"var examples{index} = {DataSection.Encoder(plan.Dataset)}.EncodeAll(rows{index});");
            code.Line($"var scores{index} = Perplexity.Evaluate(model, examples{index}, {batch}, tokenizer.PadId ?? 0, run.Progress);");
            return;
        }
        var template = task.Task == EvaluationTask.Gsm8k ? "" : DataSection.Template(plan.Dataset) + ", ";
        code.Line($"var scores{index} = {task.Task}.Evaluate(model, tokenizer, {template}rows{index}, {batch},");
        code.Line($"    maxNewTokens: run.Setting(\"{key}.max_new_tokens\", {task.MaxNewTokens}), "
            + $"run.PredictionsFile({CSharp.Text(Name(plan.Evaluation, index))}), run.Progress);");
    }

    /// <summary>The task's name in metrics; numbered where a spec has the same task twice.</summary>
    private static string Name(EquatableArray<EvaluationPlan> tasks, int index)
    {
        var name = SpecName(tasks[index].Task);
        var same = Enumerable.Range(0, tasks.Count).Where(other => tasks[other].Task == tasks[index].Task).ToList();
        return same.Count == 1 ? name : $"{name}_{same.IndexOf(index) + 1}";
    }

    private static string SpecName(EvaluationTask task) => task switch
    {
        EvaluationTask.Perplexity => "perplexity",
        EvaluationTask.ExactMatch => "exact_match",
        EvaluationTask.Gsm8k => "gsm8k",
        _ when GlueTasks.Of(task) is not null => Words.Of(task),
        _ => throw new ArgumentOutOfRangeException(nameof(task), task, "has no name"),
    };
}
