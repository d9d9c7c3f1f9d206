using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>A source of rows as the call that reads it.</summary>
internal static class DataExpression
{
    /// <param name="key">The spec's key of the source: dataset.train.</param>
    public static string Read(DataSourcePlan source, string key)
    {
        var limit = $"limit: run.Setting<int?>(\"{key}.limit\", {(source.Limit is { } rows ? CSharp.Number(rows) : "null")})";
        if (source.Generator is { } generator) return $"ExampleReader.Read(new {generator}(), seed: {source.Seed}, {limit})";
        var separator = source.Separator is { } text ? $", separator: {CSharp.Text(text)}" : "";
        return $"ExampleReader.Read(run.File(\"{key}.path\", {CSharp.Text(source.Path!)}), {Columns(source.Columns)}, {limit}{separator})";
    }

    private static string Columns(ColumnMap columns)
    {
        var named = new List<string>();
        if (columns.Prompt is { } prompt) named.Add($"Prompt = {CSharp.Text(prompt)}");
        if (columns.Response is { } response) named.Add($"Response = {CSharp.Text(response)}");
        if (columns.Text is { } whole) named.Add($"Text = {CSharp.Text(whole)}");
        return named.Count == 0 ? "new ColumnMap()" : $"new ColumnMap {{ {string.Join(", ", named)} }}";
    }
}
