using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Families;

/// <summary>Encoders with a head that classifies texts: RoBERTa, BERT.</summary>
/// <param name="family">As the library's namespace and its types are called: Roberta.</param>
internal sealed class EncoderSection(string family) : TextSection
{
    public override IReadOnlyList<string> Usings => ["NoraPipelines.Models." + family];

    public override string ModelType => family + "Model";

    public override string Loss => "ClassificationLoss.Sum(model, micro)";

    public override string Head => "Classifier";

    public override string Load(PipelinePlan plan, string shape, string dtype) =>
        $"{ModelType}.Load(checkpoint, {shape}, labels: {Labels(plan)}, {dtype}, run.Device, headSeed: run.Seed)";

    public override string Random(PipelinePlan plan, int seed, string dtype) =>
        $"{ModelType}.Random(Shape, labels: {Labels(plan)}, seed: {seed}, {dtype}, run.Device)";

    private static int Labels(PipelinePlan plan) => GlueTasks.Of(plan.Dataset.Task!.Value).Outputs;
}
