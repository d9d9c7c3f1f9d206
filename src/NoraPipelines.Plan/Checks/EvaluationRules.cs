namespace NoraPipelines.Plans;

/// <summary>A task's protocol and the pipeline belong together.</summary>
internal static class EvaluationRules
{
    public static IEnumerable<PlanProblem> Check(PipelinePlan plan) =>
        Enumerable.Range(0, plan.Evaluation.Count).SelectMany(i => Check(plan, plan.Evaluation[i], Keys.Evaluation(i)));

    private static IEnumerable<PlanProblem> Check(PipelinePlan plan, EvaluationPlan task, EvaluationKeys keys)
    {
        if (!task.Task.IsAsked) yield break;
        var (name, template) = (task.Task.Name, plan.Dataset.Template.Kind);
        if (template == TemplateKind.Custom && AsksNothing(plan.Dataset.Template))
            yield return PlanProblem.Error("NORA117", keys.Task,
                $"task {name} asks with the template's prompt, which names no {{column}}, so every item would be the same question; write "
                    + "template.prompt with the question's {column}, or use task: perplexity");
        if (template == TemplateKind.Custom && task.Data.Generator is not null)
            yield return PlanProblem.Error("NORA117", keys.Generator,
                "a template with {column} needs rows of a file, but a class makes the rows; name a file");
        if (task.Data.Columns.Text is not null)
            yield return PlanProblem.Error("NORA117", keys.Columns,
                $"task {name} compares an answer with a response, but columns names a text only; name the prompt's and the "
                    + "response's columns");
        foreach (var problem in Decoding(task, keys)) yield return problem;
        if (task.Decoding.Kind != DecodingKind.Likelihood && ModelFamilies.Of(plan.Model.Shape).WritesText
            && plan.Model.Shape.LongestText is { } positions && task.MaxNewTokens >= positions)
            yield return PlanProblem.Error("NORA118", keys.MaxNewTokens,
                $"max_new_tokens {task.MaxNewTokens} leaves no room for a prompt in the {positions} positions that "
                + $"{plan.Model.ShapeSource} knows; use fewer");
    }

    private static bool AsksNothing(TemplatePlan template) =>
        template.Prompt is null || (RowTemplate.Parse(template.Prompt, out _) is { } prompt && !prompt.Columns.Any());

    private static IEnumerable<PlanProblem> Decoding(EvaluationPlan task, EvaluationKeys keys)
    {
        var decoding = task.Decoding;
        if (decoding.Kind == DecodingKind.Likelihood && task.Task.Options.Count == 0)
            yield return PlanProblem.Error("NORA117", keys.Decoding.Kind,
                $"task {task.Task} offers no options to choose from by likelihood; use greedy, beams or sampling");
        if (decoding.Kind == DecodingKind.Beams && decoding.Stop.Count > 0)
            yield return PlanProblem.Error("NORA117", keys.Decoding.Stop,
                "beams end at the end token alone; remove stop, or use kind: greedy");
        if (decoding.MinNewTokens > task.MaxNewTokens)
            yield return PlanProblem.Error("NORA117", keys.Decoding.MinNewTokens,
                $"min_new_tokens {decoding.MinNewTokens} is above max_new_tokens {task.MaxNewTokens}; use at most that");
    }
}
