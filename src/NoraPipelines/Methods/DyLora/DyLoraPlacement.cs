using NoraPipelines.Models;

namespace NoraPipelines.Methods;

/// <summary>Places DyLoRA adapters.</summary>
public static class DyLoraPlacement
{
    /// <summary>Scale alpha / rank. The start sets the factors afterwards: <see cref="DyLoraStart"/>.</summary>
    /// <exception cref="NoraException">A rank below 1.</exception>
    public static void AddDyLora(this AdapterSet adapters, LinearProjection projection, int rank, double alpha, double dropout = 0) =>
        adapters.Add(projection, new DyLoraAdapter(projection.OutFeatures, projection.InFeatures, rank, alpha, dropout, projection.Device));
}
