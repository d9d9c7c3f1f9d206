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
        if (source.Generator is { } generator)
        {
            code.Call($"{declaration} = ExampleReader.{verb}(", [$"new global::{generator}()", $"seed: {source.Seed}", .. Limit(source, keys)], ");");
            return;
        }
        var (with, columns) = template.Kind == TemplateKind.Custom ? ("With", Custom(template)) : ("", Columns(source.Columns));
        IEnumerable<string> separator = source.Separator is { } text ? [$"separator: {CSharp.Text(text)}"] : [];
        code.Call($"{declaration} = ExampleReader.{verb}{with}(", [File(source, keys), columns, .. Limit(source, keys), .. separator], ");");
    }

    /// <summary>Items of a task that a template of the spec's own asks: the template is `frame`.</summary>
    public static void WriteItems(CodeWriter code, string declaration, DataSourcePlan source, string keys) =>
        code.Call($"{declaration} = ExampleReader.ReadItems(", [File(source, keys), "frame", Columns(source.Columns), .. Limit(source, keys)], ");");

    /// <summary>The path of the rows' file, which the hub's cache may hold.</summary>
    public static string File(DataSourcePlan source, string keys) => source.Hub is { } hub
        ? $"run.Sources.{(hub.File is null ? "HubSplit" : "HubFile")}({keys}.Path, {CSharp.Text(hub.Repository)}, {CSharp.Text(hub.File ?? hub.Split!)}, "
            + $"revision: {CSharp.Text(hub.Revision)})"
        : $"run.Sources.Files({keys}.Path, {CSharp.Text(source.Path!)})";

    /// <summary>The arguments that say which rows of the source are taken.</summary>
    private static IEnumerable<string> Limit(DataSourcePlan source, string keys)
    {
        yield return $"limit: run.Setting({keys}.Limit, {(source.Limit is { } rows ? CSharp.Number(rows) : "null")})";
        if (source.Split is { } split) yield return $"split: new SplitPlan({CSharp.Number(split.HeldOut)}, Seed: {split.Seed}, {CSharp.Member(split.Take)})";
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
