namespace NoraPipelines.Plans;

/// <summary>A linear projection that an adapter can be placed on: one weight of [Out, In] in each of Layers layers.</summary>
/// <param name="Name">As the field writes it, and the spec's `targets`: q_proj, gate_proj, …</param>
public sealed record ProjectionShape(string Name, int Out, int In, int Layers)
{
    /// <summary>The largest rank that a factorisation of this weight can have.</summary>
    public int MaximumRank => Math.Min(Out, In);
}
