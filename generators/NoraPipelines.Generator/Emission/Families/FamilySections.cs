using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Families;

/// <summary>The families whose programs can be written, a line each.</summary>
internal static class FamilySections
{
    private static readonly IReadOnlyDictionary<Architecture, FamilySection> All = new (Architecture Any, FamilySection Section)[]
    {
        (Architecture.Llama, new LlamaSection()),
        (Architecture.Roberta, new EncoderSection("Roberta")),
        (Architecture.Bert, new EncoderSection("Bert")),
    }.SelectMany(entry => ModelFamilies.Of(entry.Any).Architectures.Select(architecture => (architecture, entry.Section)))
        .ToDictionary(entry => entry.architecture, entry => entry.Section);

    /// <exception cref="KeyNotFoundException">The family has no programs; a spec that names it was refused.</exception>
    public static FamilySection Of(PipelinePlan plan) => All.TryGetValue(plan.Model.Shape.Architecture, out var section) ? section : throw new KeyNotFoundException(
        $"architecture {Words.Of(plan.Model.Shape.Architecture)} has no section; add one, and its line in Emission/Families/FamilySections.cs");
}
