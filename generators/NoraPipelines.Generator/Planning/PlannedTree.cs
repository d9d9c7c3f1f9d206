using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>A spec's tree, or that of one of its variants, when it was read and planned.</summary>
/// <param name="Plan">Null where the text was no YAML; with stand-ins for what was refused where there are problems.</param>
internal sealed record PlannedTree(PipelineSpec Spec, PipelinePlan? Plan);
