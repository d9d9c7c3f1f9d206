using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>Rows become tokens with labels.</summary>
internal static class DataSection
{
    /// <summary>Tokens of text: what every use of the data's frame shares.</summary>
    public static string Encoder(DatasetPlan dataset) => dataset.Template.Kind == TemplateKind.Chat
        ? $"new ChatEncoder(tokenizer, ChatTemplate.Load(tokenizer), maxTokens: {dataset.MaxTokens}, {CSharp.Member(dataset.LossOn)})"
        : $"new ExampleEncoder(tokenizer, {Template(dataset)}, maxTokens: {dataset.MaxTokens}, {CSharp.Member(dataset.LossOn)})";

    /// <summary>A template of the spec's own is applied when a row is read.</summary>
    public static string Template(DatasetPlan dataset) =>
        $"Template.{(dataset.Template.Kind == TemplateKind.Custom ? TemplateKind.Plain : dataset.Template.Kind)}";

    /// <summary>Rows of a classification task.</summary>
    public static void WriteLabelled(CodeWriter code, string declaration, DataSourcePlan source, string keys, GlueTask task)
    {
        var limit = $"limit: run.Setting({keys}.Limit, {(source.Limit is { } rows ? CSharp.Number(rows) : "null")})";
        code.Call($"{declaration} = GlueReader.Read(", [DataExpression.File(source, keys), CSharp.Member(task), limit, "run.Say"], ");");
    }

    public static void Write(CodeWriter code, PipelineUnit unit)
    {
        var dataset = unit.Plan.Dataset;
        code.Line();
        code.Banner("Data", Places.Line(unit.Lines.Dataset));
        if (dataset.Task is { } task)
        {
            WriteLabelled(code, "var rows", dataset.Train, "Keys.Dataset.Train", task);
            code.Line($"var examples = new LabelledTextEncoder(tokenizer, maxTokens: {dataset.MaxTokens}).EncodeAll(rows);");
            Tell(code);
            return;
        }
        DataExpression.Write(code, "var rows", dataset.Train, dataset.Template, "Keys.Dataset.Train", "Stream");
        code.Line($"var examples = {Encoder(dataset)}.EncodeAll(rows);");
        Tell(code);
    }

    private static void Tell(CodeWriter code) => code.Line("run.Tell(\"train\", examples.Report);");
}
