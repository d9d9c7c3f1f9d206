namespace NoraPipelines.Plans;

/// <summary>A task's protocol and the pipeline belong together.</summary>
internal static class EvaluationRules
{
    public static IEnumerable<PlanProblem> Check(PipelinePlan plan)
    {
        for (var i = 0; i < plan.Evaluation.Count; i++)
        {
            var task = plan.Evaluation[i];
            if (task.Task == EvaluationTask.Gsm8k && plan.Dataset.Template.Kind == TemplateKind.Plain)
                yield return new("NORA117", ProblemSeverity.Error, $"evaluation.{i}.task",
                    "task gsm8k asks with MetaMath's prompt, but the model learns template plain; use template: metamath, or task: "
                        + "exact_match");
            if (task.Task == EvaluationTask.ExactMatch && task.Data.Columns.Text is not null)
                yield return new("NORA117", ProblemSeverity.Error, $"evaluation.{i}.columns",
                    "task exact_match compares an answer with a response, but columns names a text only; name the prompt's and the "
                        + "response's columns");
            if (task.Task != EvaluationTask.Perplexity && plan.Model.Shape is DecoderShape shape && task.MaxNewTokens >= shape.MaxPositions)
                yield return new("NORA118", ProblemSeverity.Error, $"evaluation.{i}.max_new_tokens",
                    $"max_new_tokens {task.MaxNewTokens} leaves no room for a prompt in the {shape.MaxPositions} positions that "
                    + $"{plan.Model.ShapeSource} knows; use fewer");
        }
    }
}
