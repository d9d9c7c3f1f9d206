using NoraPipelines.Models;

namespace NoraPipelines.Methods;

/// <summary>Places LoRA-XS adapters.</summary>
public static class LoraXsPlacement
{
    /// <summary>Scale alpha / rank. The start sets the factors afterwards: <see cref="LoraXsStart"/>.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow.</exception>
    public static void AddLoraXs(this AdapterSet adapters, LinearProjection projection, int rank, double alpha, double dropout = 0) =>
        adapters.Add(projection, new LoraXsAdapter(
            projection.OutFeatures, projection.InFeatures, rank, alpha, dropout, projection.Dtype, projection.Device));
}
