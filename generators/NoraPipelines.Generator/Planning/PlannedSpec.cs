using NoraPipelines.Generator.Emission;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>What became of one spec.</summary>
/// <param name="Path">The file, as the compiler has it.</param>
/// <param name="NamePlace">Where the pipeline's name stands.</param>
/// <param name="Unit">Null where the spec has errors, for which a stub then stands in, or a sweep.</param>
internal sealed record PlannedSpec(
    string Path, PipelineStub Stub, Place NamePlace, PipelineUnit? Unit, EquatableArray<SpecProblem> Problems)
{
    /// <summary>Of a spec with a sweep: the class that lists its variants; null for other specs.</summary>
    public ComparisonUnit? Comparison { get; init; }

    /// <summary>Of a spec with a sweep: its variants.</summary>
    public EquatableArray<PlannedVariant> Variants { get; init; }

    /// <summary>The programs to write: the spec's own, or one for each variant.</summary>
    public IEnumerable<(string Path, PipelineStub Stub, PipelineUnit? Unit)> Programs =>
        Comparison is null ? [(Path, Stub, Unit)] : Variants.Select(variant => (Path, variant.Stub, variant.Unit));
}

/// <summary>One variant of a sweep.</summary>
/// <param name="Unit">Null where the spec has errors.</param>
internal sealed record PlannedVariant(PipelineStub Stub, PipelineUnit? Unit);

/// <summary>What is known of a pipeline even if its spec has errors.</summary>
internal sealed record PipelineStub(string ClassName, string Namespace, string SpecPath)
{
    /// <summary>Of a variant the sweep's class, which its own begins with: Table5 of Table5Awsvd.</summary>
    public string? Sweep { get; init; }

    /// <summary>What its files are called: Table5.Awsvd for the variant Table5Awsvd.</summary>
    public string FileStem => Sweep is null ? ClassName : Sweep + "." + ClassName.Substring(Sweep.Length);
}
