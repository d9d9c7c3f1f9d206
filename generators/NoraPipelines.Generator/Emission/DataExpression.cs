using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>A source of rows as the call that reads it.</summary>
internal static class DataExpression
{
    /// <param name="declaration">What the rows become: `var rows`.</param>
    /// <param name="keys">The source's keys in a program: Keys.Dataset.Train.</param>
    /// <param name="verb">Read, or Stream where the rows are not kept.</param>
    public static void Write(CodeWriter code, string declaration, DataSourcePlan source, TemplatePlan template, string keys, string verb = "Read")
    {
        var limit = Limit(source, keys);
        if (source.Generator is { } generator)
        {
            code.Line($"{declaration} = ExampleReader.{verb}(new global::{generator}(), seed: {source.Seed}, {limit});");
            return;
        }
        code.Line($"{declaration} = ExampleReader.{verb}{(template.Kind == TemplateKind.Custom ? "With" : "")}(");
        code.Line($"    {File(source, keys)}, {(template.Kind == TemplateKind.Custom ? Custom(template) : Columns(source.Columns))},");
        code.Line($"    {limit}{(source.Separator is { } text ? $", separator: {CSharp.Text(text)}" : "")});");
    }

    /// <summary>Items of a task that a template of the spec's own asks: the template is `frame`.</summary>
    public static void WriteItems(CodeWriter code, string declaration, DataSourcePlan source, string keys)
    {
        code.Line($"{declaration} = ExampleReader.ReadItems(");
        code.Line($"    {File(source, keys)}, frame, {Columns(source.Columns)},");
        code.Line($"    {Limit(source, keys)});");
    }

    /// <summary>The path of the rows' file, which the hub's cache may hold.</summary>
    public static string File(DataSourcePlan source, string keys) => source.Hub is { } hub
        ? $"run.Sources.{(hub.File is null ? "HubSplit" : "HubFile")}({keys}.Path, {CSharp.Text(hub.Repository)}, {CSharp.Text(hub.File ?? hub.Split!)}, "
            + $"revision: {CSharp.Text(hub.Revision)})"
        : $"run.Sources.Files({keys}.Path, {CSharp.Text(source.Path!)})";

    private static string Limit(DataSourcePlan source, string keys)
    {
        var limit = $"limit: run.Setting({keys}.Limit, {(source.Limit is { } rows ? CSharp.Number(rows) : "null")})";
        return source.Split is { } split
            ? limit + $", split: new SplitPlan({CSharp.Number(split.HeldOut)}, Seed: {split.Seed}, {CSharp.Member(split.Take)})"
            : limit;
    }

    /// <summary>A template of the spec's own.</summary>
    public static string Custom(TemplatePlan template) =>
        $"new CustomTemplate({CSharp.Text(template.Prompt ?? "")}, {CSharp.Text(template.Response!)})";

    private static string Columns(ColumnMap columns)
    {
        var named = new List<string>();
        if (columns.Prompt is { } prompt) named.Add($"Prompt = {CSharp.Text(prompt)}");
        if (columns.Input is { } input) named.Add($"Input = {CSharp.Text(input)}");
        if (columns.Response is { } response) named.Add($"Response = {CSharp.Text(response)}");
        if (columns.Messages is { } messages) named.Add($"Messages = {CSharp.Text(messages)}");
        if (columns.Text is { } whole) named.Add($"Text = {CSharp.Text(whole)}");
        return named.Count == 0 ? "new ColumnMap()" : $"new ColumnMap {{ {string.Join(", ", named)} }}";
    }
}
