namespace NoraPipelines.Plans;

/// <summary>A task's protocol and the pipeline belong together.</summary>
internal static class EvaluationRules
{
    public static IEnumerable<PlanProblem> Check(PipelinePlan plan) =>
        Enumerable.Range(0, plan.Evaluation.Count).SelectMany(i => Check(plan, plan.Evaluation[i], $"evaluation.{i}"));

    private static IEnumerable<PlanProblem> Check(PipelinePlan plan, EvaluationPlan task, string path)
    {
        if (!EvaluationPlan.Asks(task.Task)) yield break;
        var (name, template) = (Words.Of(task.Task), plan.Dataset.Template.Kind);
        var plain = template is TemplateKind.Plain or TemplateKind.Chat or TemplateKind.Custom;
        if (template == TemplateKind.Chat && task.Task == EvaluationTask.ExactMatch)
            yield return new("NORA117", ProblemSeverity.Error, path + ".task",
                "task exact_match asks without a conversation, but the model learns template chat; use task: perplexity");
        if (plain && task.Task is EvaluationTask.Gsm8k or EvaluationTask.Math)
            yield return new("NORA117", ProblemSeverity.Error, path + ".task",
                $"task {name} asks with MetaMath's prompt, but the model learns template {Words.Of(template)}; use template: metamath, or task: "
                    + "exact_match");
        if (plain && EvaluationPlan.IsCommonsense(task.Task))
            yield return new("NORA117", ProblemSeverity.Error, path + ".task",
                $"task {name} asks in a frame that ends in \"### Response:\", but the model learns template {Words.Of(template)}; use template: alpaca");
        if (task.Data.Columns.Text is not null)
            yield return new("NORA117", ProblemSeverity.Error, path + ".columns",
                $"task {name} compares an answer with a response, but columns names a text only; name the prompt's and the "
                    + "response's columns");
        foreach (var problem in Decoding(task, path)) yield return problem;
        if (task.Decoding.Kind != DecodingKind.Likelihood && plan.Model.Shape is DecoderShape shape
            && task.MaxNewTokens >= shape.MaxPositions)
            yield return new("NORA118", ProblemSeverity.Error, path + ".max_new_tokens",
                $"max_new_tokens {task.MaxNewTokens} leaves no room for a prompt in the {shape.MaxPositions} positions that "
                + $"{plan.Model.ShapeSource} knows; use fewer");
    }

    private static IEnumerable<PlanProblem> Decoding(EvaluationPlan task, string path)
    {
        var decoding = task.Decoding;
        if (decoding.Kind == DecodingKind.Likelihood && !EvaluationPlan.IsCommonsense(task.Task))
            yield return new("NORA117", ProblemSeverity.Error, path + ".decoding.kind",
                $"task {Words.Of(task.Task)} offers no options to choose from by likelihood; use greedy, beams or sampling");
        if (decoding.Kind == DecodingKind.Beams && decoding.Stop.Count > 0)
            yield return new("NORA117", ProblemSeverity.Error, path + ".decoding.stop",
                "beams end at the end token alone; remove stop, or use kind: greedy");
        if (decoding.MinNewTokens > task.MaxNewTokens)
            yield return new("NORA117", ProblemSeverity.Error, path + ".decoding.min_new_tokens",
                $"min_new_tokens {decoding.MinNewTokens} is above max_new_tokens {task.MaxNewTokens}; use at most that");
    }
}
