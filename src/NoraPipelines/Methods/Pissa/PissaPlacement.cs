using NoraPipelines.Models;

namespace NoraPipelines.Methods;

/// <summary>Places PiSSA adapters.</summary>
public static class PissaPlacement
{
    /// <summary>Scale alpha / rank. The start sets the factors afterwards: <see cref="PissaStart"/>.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow.</exception>
    public static void AddPissa(this AdapterSet adapters, LinearProjection projection, int rank, double alpha, double dropout = 0) =>
        adapters.Add(projection, new PissaAdapter(projection.OutFeatures, projection.InFeatures, rank, alpha, dropout, projection.Device));
}
