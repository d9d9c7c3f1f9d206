using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>Rows become tokens with labels.</summary>
internal static class DataSection
{
    /// <summary>Tokens of text: what every use of the data's frame shares.</summary>
    public static string Encoder(DatasetPlan dataset) =>
        $"new ExampleEncoder(tokenizer, {Template(dataset)}, maxTokens: {dataset.MaxTokens}, {CSharp.Member(dataset.LossOn)})";

    public static string Template(DatasetPlan dataset) => $"Template.{dataset.Template.Kind}";

    public static void Write(CodeWriter code, PipelineUnit unit)
    {
        var dataset = unit.Plan.Dataset;
        code.Line();
        code.Banner("Data", Places.Line(unit.Lines.Dataset));
        DataExpression.Write(code, "var rows", dataset.Train, "dataset.train");
        code.Line($"var examples = {Encoder(dataset)}.EncodeAll(rows);");
    }
}
