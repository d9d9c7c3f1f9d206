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
        code.Line("var before = run.Stages.Once(\"evaluate-before\", () => Evaluate(run, loaded));");
    }

    public static void WriteAfter(CodeWriter code, PipelineUnit unit)
    {
        if (unit.Plan.Evaluation.Count == 0) return;
        code.Line();
        code.Banner("Evaluate after training", Places.Line(unit.Lines.Evaluation));
        code.Line("var after = run.Stages.Once(\"evaluate-after\", () => Evaluate(run, loaded));");
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
            if (tasks.Any(task => task.Task.IsAsked) && Frame(unit.Plan.Dataset) is { } frame) code.Line($"var frame = {frame};");
            for (var index = 0; index < tasks.Count; index++) WriteTask(code, unit.Plan, tasks[index], index);
            WriteScores(code, tasks);
        }
    }

    private static void WriteTask(CodeWriter code, PipelinePlan plan, EvaluationPlan task, int index)
    {
        var keys = $"Keys.Evaluation({index})";
        var batch = $"batch: run.Setting({keys}.Batch, {task.Batch})";
        if (task.Task.Glue is { } glue)
        {
            DataSection.WriteLabelled(code, $"var rows{index}", task.Data, keys, glue);
            code.Call($"var scores{index} = Glue.Evaluate(",
                ["model", "tokenizer", $"rows{index}", CSharp.Member(glue), $"maxTokens: {plan.Dataset.MaxTokens}", batch, Predictions(plan, index), Progress, $"encoded: rows => {Tell(plan, index, "rows")}"], ");");
            return;
        }
        if (plan.Dataset.Template.Kind == TemplateKind.Custom && task.Task.IsAsked)
            DataExpression.WriteItems(code, $"var rows{index}", task.Data, keys);
        else
            DataExpression.Write(code, $"var rows{index}", task.Data, plan.Dataset.Template, keys, task.Task.Answer == AnswerKind.Loss ? "Stream" : "Read");
        if (task.Task.Answer == AnswerKind.Loss)
        {
            code.Line($"var examples{index} = {DataSection.Encoder(plan.Dataset)}.EncodeAll(rows{index});");
            code.Line($"{Tell(plan, index, $"examples{index}.Report")};");
            code.Line($"var scores{index} = Perplexity.Evaluate(model, examples{index}, {batch}, tokenizer.PadId ?? 0, run.ShowProgress);");
            return;
        }
        code.Line($"{Tell(plan, index, $"rows{index}")};");
        string[] asked = ["model", "tokenizer", Asked(plan, task.Task), $"rows{index}", batch];
        if (task.Decoding.Kind == DecodingKind.Likelihood)
        {
            code.Call($"var scores{index} = {task.Task.Scorer}.Likelihood(", [.. asked, Predictions(plan, index), Progress], ");");
            return;
        }
        var decoding = DecodingExpression.Write(code, task, $"decoding{index}");
        code.Call($"var scores{index} = {task.Task.Scorer}.Evaluate(",
            [.. asked, $"maxNewTokens: run.Setting({keys}.MaxNewTokens, {task.MaxNewTokens})", Predictions(plan, index), Progress, .. decoding], ");");
    }

    private const string Progress = "run.ShowProgress";

    private static string Tell(PipelinePlan plan, int index, string rows) => $"run.Tell({CSharp.Text(Name(plan.Evaluation, index))}, {rows})";

    private static string Predictions(PipelinePlan plan, int index) => $"run.PredictionsFile({CSharp.Text(Name(plan.Evaluation, index))})";

    /// <summary>What `frame` is: how items are asked where no named template frames them; null where one does.</summary>
    private static string? Frame(DatasetPlan dataset) => dataset.Template.Kind switch
    {
        TemplateKind.Chat => "new ChatFrame(ChatTemplate.Load(tokenizer))",
        TemplateKind.Custom => DataExpression.Custom(dataset.Template),
        _ => null,
    };

    /// <summary>
    /// How a task's items are asked: as the model learns, with MetaMath's prompt instead of a frame of Alpaca's kind, or as the commonsense sets'
    /// own evaluation asks.
    /// </summary>
    private static string Asked(PipelinePlan plan, TaskProtocol task) => Frame(plan.Dataset) is not null ? "frame"
        : task.MetamathPrompt && plan.Dataset.Template.Kind != TemplateKind.Plain ? "EvaluationFrame.Metamath"
        : task.CommonsensePrompt && plan.Dataset.Template.Kind == TemplateKind.Commonsense ? "EvaluationFrame.Commonsense"
        : DataSection.Template(plan.Dataset);

    /// <summary>The scores, and the unweighted average of the tasks that have one, for each way of decoding that scores several.</summary>
    private static void WriteScores(CodeWriter code, EquatableArray<EvaluationPlan> tasks)
    {
        List<string> all = [.. Enumerable.Range(0, tasks.Count).Select(index => $"({CSharp.Text(Name(tasks, index))}, scores{index})")];
        List<IReadOnlyList<string>> averages = [.. tasks.Select(task => task.Task.Average).OfType<TaskAverage>().Distinct().SelectMany(average => Averages(tasks, average))];
        if (all.Count <= 3) code.Line($"return Scores.Combine({string.Join(", ", all)}){(averages.Count == 0 ? ";" : "")}");
        else
        {
            code.Line("return Scores.Combine(");
            foreach (var (scores, index) in all.Select((scores, index) => (scores, index)))
                code.Line($"    {scores}{(index + 1 < all.Count ? "," : averages.Count == 0 ? ");" : ")")}");
        }
        for (var i = 0; i < averages.Count; i++) code.Call("    .WithAverage(", averages[i], i + 1 == averages.Count ? ");" : ")");
    }

    /// <summary>The name of an average and the scores in it: one where the tasks are decoded in one way; numbered where in several.</summary>
    private static IEnumerable<IReadOnlyList<string>> Averages(EquatableArray<EvaluationPlan> tasks, TaskAverage average)
    {
        var ways = Enumerable.Range(0, tasks.Count).Where(index => tasks[index].Task.Average == average)
            .GroupBy(index => tasks[index].Decoding, index => CSharp.Text($"{Name(tasks, index)}.{average.Metric}"))
            .Where(way => way.Count() > 1).ToList();
        return ways.Select((way, i) => (IReadOnlyList<string>)[CSharp.Text(average.Name + (ways.Count == 1 ? "" : $"_{i + 1}") + ".average"), .. way]);
    }

    /// <summary>The task's name in metrics; numbered where a spec has the same task twice.</summary>
    private static string Name(EquatableArray<EvaluationPlan> tasks, int index)
    {
        var name = tasks[index].Task.Name;
        var same = Enumerable.Range(0, tasks.Count).Where(other => tasks[other].Task == tasks[index].Task).ToList();
        return same.Count == 1 ? name : $"{name}_{same.IndexOf(index) + 1}";
    }
}
