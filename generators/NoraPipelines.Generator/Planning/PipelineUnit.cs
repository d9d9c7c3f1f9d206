using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>All that the program of one spec is made from; equal units give equal programs.</summary>
/// <param name="ClassName">The pipeline's name in Pascal case: llama3-8b-metamath → Llama38bMetamath.</param>
/// <param name="Namespace">The project's root namespace.</param>
/// <param name="SpecFile">The spec's path relative to the project, with forward slashes.</param>
public sealed record PipelineUnit(PipelinePlan Plan, string ClassName, string Namespace, string SpecFile, SpecLines Lines);

/// <summary>
/// The 1-based line of each section in the spec, for the program's banners; 0 where the spec leaves the section out. A comment that
/// moves no section leaves it equal; one that does moves the banners, and the program is written anew.
/// </summary>
public sealed record SpecLines(int Model, int Adapter, int Calibration, int Dataset, int Training, int Evaluation, int Export);
