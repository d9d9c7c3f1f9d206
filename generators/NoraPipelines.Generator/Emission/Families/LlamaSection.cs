using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Families;

/// <summary>Decoders of the Llama kind.</summary>
internal sealed class LlamaSection : TextSection
{
    public override IReadOnlyList<string> Usings => ["NoraPipelines.Models.Llama"];

    public override string ModelType => "LlamaModel";

    public override string Loss => "CausalLoss.Sum(model, micro)";

    public override string Load(PipelinePlan plan, string shape, string dtype) => $"LlamaModel.Load(checkpoint, {shape}, {dtype}, run.Device)";

    public override string Random(PipelinePlan plan, int seed, string dtype) => $"LlamaModel.Random(Shape, seed: {seed}, {dtype}, run.Device)";
}
