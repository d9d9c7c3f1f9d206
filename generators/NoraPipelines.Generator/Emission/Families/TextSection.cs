using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Families;

/// <summary>What families of models that read texts have in common.</summary>
internal abstract class TextSection : FamilySection
{
    public override string LoadedType => $"LoadedTextModel<{ModelType}>";

    public override IReadOnlyList<(string Name, string Member)> Parts => [("model", "Model"), ("tokenizer", "Tokenizer")];

    public override string Calibration => "new TextCalibration(model, tokenizer, examples)";

    public override string Loaded(PipelinePlan plan, string? folder)
    {
        var planned = plan.Model.Tokenizer is { } file ? CSharp.Text(file) : folder ?? "\"\"";
        return $"new {LoadedType}(model, TextTokenizer.Load(run.Sources.Path(Keys.Model.Tokenizer, {planned})), {folder ?? "Folder: null"})";
    }

    public override string Collator(DatasetPlan dataset) =>
        $"new TextCollator(tokenizer{(dataset.Packing ? $", rowTokens: {dataset.MaxTokens}" : "")})";
}
