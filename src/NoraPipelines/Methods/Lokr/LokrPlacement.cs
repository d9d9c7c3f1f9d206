using NoraPipelines.Models;

namespace NoraPipelines.Methods;

/// <summary>Places LoKr adapters.</summary>
public static class LokrPlacement
{
    /// <summary>Scale alpha / rank. The start sets the factors afterwards: <see cref="LokrStart"/>.</summary>
    /// <exception cref="NoraException">A rank that makes the product of the second factor no smaller than the factor.</exception>
    public static void AddLokr(this AdapterSet adapters, LinearProjection projection, int rank, double alpha, int? factor = null, double dropout = 0) =>
        adapters.Add(projection, new LokrAdapter(
            projection.OutFeatures, projection.InFeatures, rank, alpha, dropout, projection.Device, factor));
}
