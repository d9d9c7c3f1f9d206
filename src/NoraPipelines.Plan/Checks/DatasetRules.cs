namespace NoraPipelines.Plans;

/// <summary>Rows, template and lengths belong together.</summary>
internal static class DatasetRules
{
    public static IEnumerable<PlanProblem> Check(PipelinePlan plan)
    {
        var positions = plan.Model.Shape.LongestText;
        if (plan.Dataset.MaxTokens > positions)
            yield return PlanProblem.At("NORA111", Keys.Dataset.MaxTokens,
                $"max_tokens {plan.Dataset.MaxTokens} is above {positions}, the positions that {plan.Model.ShapeSource} knows; "
                + $"use at most {positions}");
        if (plan.Dataset.Template.Kind == TemplateKind.Glue)
        {
            // Its columns are the task's, and its splits are published.
            if (plan.Dataset.Train.Split is not null) yield return Published(Keys.Dataset.Train);
            for (var i = 0; i < plan.Evaluation.Count; i++)
                if (plan.Evaluation[i].Data.Split is not null) yield return Published(Keys.Evaluation(i));
            yield break;
        }

        if (plan.Dataset.Template.Kind == TemplateKind.Custom)
        {
            foreach (var problem in Custom(plan)) yield return problem;
        }
        foreach (var problem in Columns(plan.Dataset.Train, plan.Dataset.Template.Kind, Keys.Dataset.Train)) yield return problem;
        for (var i = 0; i < plan.Evaluation.Count; i++)
        {
            foreach (var problem in Columns(plan.Evaluation[i].Data, plan.Dataset.Template.Kind, Keys.Evaluation(i))) yield return problem;
        }
    }

    private static PlanProblem Published(DataSourceKeys keys) =>
        PlanProblem.At("NORA112", keys.Split.Section, "a glue task's splits are published as files; remove split and name the file");

    private static IEnumerable<PlanProblem> Columns(DataSourcePlan data, TemplateKind template, DataSourceKeys keys)
    {
        var columns = data.Columns;
        var pair = columns.Prompt is not null || columns.Response is not null || columns.Input is not null;
        var file = data.Path ?? data.Hub?.File ?? "";
        if (columns.Text is not null && (pair || columns.Messages is not null))
            yield return PlanProblem.At("NORA112", keys.Columns,
                "columns names both text and prompt or response; a row is either one text, or a prompt with its response");
        else if (columns.Messages is not null && pair)
            yield return PlanProblem.At("NORA112", keys.Columns,
                "columns names both messages and prompt or response; a row is either a conversation, or a prompt with its response");
        else if (columns.Messages is not null && template != TemplateKind.Chat)
            yield return PlanProblem.At("NORA112", keys.Columns,
                $"columns names messages, which template {Words.Of(template)} cannot write; use template: chat");
        else if (columns.Text is not null && template != TemplateKind.Plain)
            yield return PlanProblem.At("NORA112", keys.Columns,
                $"template {Words.Of(template)} writes a prompt and a response, but columns names a text only; "
                + "name the prompt's and the response's columns, or use template: plain");
        else if (columns.Input is not null && template is TemplateKind.Plain)
            yield return PlanProblem.At("NORA112", keys.Columns,
                "template plain has no place for an input; use template: alpaca, or a template of your own with {column} in it");
        else if (template != TemplateKind.Plain && DataFormat.IsText(file))
            yield return PlanProblem.At("NORA112", data.Path is null ? keys.File : keys.Path,
                $"a .txt file holds texts without prompts, and template {Words.Of(template)} needs prompts; use a .jsonl file, or "
                    + "template: plain");
    }

    private static IEnumerable<PlanProblem> Custom(PipelinePlan plan)
    {
        var template = plan.Dataset.Template;
        foreach (var (key, text) in new[] { (Keys.Dataset.Prompt, template.Prompt), (Keys.Dataset.Response, template.Response) })
        {
            if (text is not null && RowTemplate.Parse(text, out var problem) is null)
                yield return PlanProblem.At("NORA126", key, $"template.{key.Name}: {problem}");
        }
        if (template.Response is { } response && RowTemplate.Parse(response, out _) is { } parsed && !parsed.Columns.Any())
            yield return PlanProblem.At("NORA126", Keys.Dataset.Response,
                "template.response names no {column}, so every row would teach the same text; name the column of the response");
        if (plan.Dataset.Train.Generator is not null)
            yield return PlanProblem.At("NORA126", Keys.Dataset.Template,
                "a template with {column} needs rows of a file, but a class makes the rows; use template: plain and let the class write the texts");
    }
}
