namespace NoraPipelines.Runs;

/// <summary>The variants of one spec with a sweep. The generator writes one class for each such spec; one can be written by hand as well.</summary>
public abstract class Comparison
{
    /// <summary>The spec's pipeline: table-5.</summary>
    public abstract string Name { get; }

    public abstract string Description { get; }

    /// <summary>The spec's path in its project, with forward slashes.</summary>
    public abstract string SpecFile { get; }

    /// <summary>In the spec's order; their names differ.</summary>
    public abstract IReadOnlyList<Variant> Variants { get; }
}
