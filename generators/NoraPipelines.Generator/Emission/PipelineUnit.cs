using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>All that the emitter needs for one program.</summary>
/// <param name="SpecPath">Relative to the project, with forward slashes: quickstart/quickstart.nora.yaml.</param>
public sealed record PipelineUnit(PipelinePlan Plan, string ClassName, string Namespace, string SpecPath, SpecLines Lines)
{
    /// <summary>For a variant of a sweep: which one it is and what it changes, in a sentence.</summary>
    public string? Variant { get; init; }
}

/// <summary>1-based line of each section's key in the spec, for the program's banners; 0 where the spec leaves the section out.</summary>
public sealed record SpecLines(int Model, int Adapter, int Calibration, int Dataset, int Training, int Evaluation, int Export);
