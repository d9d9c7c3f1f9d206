namespace NoraPipelines.Plans;

/// <summary>Rows, template and lengths belong together.</summary>
internal static class DatasetRules
{
    public static IEnumerable<PlanProblem> Check(PipelinePlan plan)
    {
        int? positions = plan.Model.Shape switch
        {
            DecoderShape decoder => decoder.MaxPositions,
            EncoderShape encoder => encoder.MaxTokens,
            _ => null,
        };
        if (plan.Dataset.MaxTokens > positions)
            yield return new("NORA111", ProblemSeverity.Error, "dataset.max_tokens",
                $"max_tokens {plan.Dataset.MaxTokens} is above {positions}, the positions that {plan.Model.ShapeSource} knows; "
                + $"use at most {positions}");
        if (plan.Dataset.Template.Kind == TemplateKind.Glue) yield break; // its columns are the task's

        foreach (var problem in Columns(plan.Dataset.Train, plan.Dataset.Template.Kind, "dataset.train")) yield return problem;
        for (var i = 0; i < plan.Evaluation.Count; i++)
        {
            foreach (var problem in Columns(plan.Evaluation[i].Data, plan.Dataset.Template.Kind, $"evaluation.{i}")) yield return problem;
        }
    }

    private static IEnumerable<PlanProblem> Columns(DataSourcePlan data, TemplateKind template, string path)
    {
        var columns = data.Columns;
        if (columns.Text is not null && (columns.Prompt is not null || columns.Response is not null))
            yield return new("NORA112", ProblemSeverity.Error, path + ".columns",
                "columns names both text and prompt or response; a row is either one text, or a prompt with its response");
        else if (columns.Text is not null && template != TemplateKind.Plain)
            yield return new("NORA112", ProblemSeverity.Error, path + ".columns",
                $"template {Words.Of(template)} writes a prompt and a response, but columns names a text only; "
                + "name the prompt's and the response's columns, or use template: plain");
        else if (data.Path is { } file && file.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) && template != TemplateKind.Plain)
            yield return new("NORA112", ProblemSeverity.Error, path + ".path",
                $"a .txt file holds texts without prompts, and template {Words.Of(template)} needs prompts; use a .jsonl file, or "
                    + "template: plain");
    }
}
