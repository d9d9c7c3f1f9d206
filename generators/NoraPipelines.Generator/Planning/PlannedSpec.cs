using NoraPipelines.Generator.Emission;
using NoraPipelines.Generator.Spec;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>What became of one spec.</summary>
/// <param name="Path">The file, as the compiler has it.</param>
/// <param name="NamePlace">Where the pipeline's name stands.</param>
/// <param name="Unit">Null where the spec has errors; a stub then stands in for the program.</param>
internal sealed record PlannedSpec(
    string Path, PipelineStub Stub, Place NamePlace, PipelineUnit? Unit, EquatableArray<SpecProblem> Problems);

/// <summary>What is known of a pipeline even if its spec has errors.</summary>
internal sealed record PipelineStub(string ClassName, string Namespace, string SpecPath);
