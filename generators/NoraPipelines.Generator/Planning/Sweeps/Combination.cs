using NoraPipelines.Plans;


namespace NoraPipelines.Generator.Planning.Sweeps;

/// <summary>A variant before it is read as a spec: what it changes.</summary>
/// <param name="Name">Set where the variant was given one.</param>
/// <param name="Place">Where a problem of the variant as a whole is shown.</param>
/// <param name="Asked">All that the sweep gives it.</param>
/// <param name="Changes">Of that, what its method has a use for.</param>
internal sealed record Combination(string? Name, Place Place, IReadOnlyList<SweepChange> Asked, IReadOnlyList<SweepChange> Changes)
{
    public SweepChange? Change(string path) => Changes.FirstOrDefault(change => change.Path == path);
}
