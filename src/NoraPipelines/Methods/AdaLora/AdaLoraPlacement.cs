using NoraPipelines.Models;

namespace NoraPipelines.Methods;

/// <summary>Places AdaLoRA adapters.</summary>
public static class AdaLoraPlacement
{
    /// <summary>Scale alpha / rank. The start sets the factors afterwards: <see cref="AdaLoraStart"/>.</summary>
    /// <exception cref="NoraException">A rank below 1.</exception>
    public static void AddAdaLora(this AdapterSet adapters, LinearProjection projection, int rank, double alpha, double dropout = 0) =>
        adapters.Add(projection, new AdaLoraAdapter(projection.OutFeatures, projection.InFeatures, rank, alpha, dropout, projection.Device));
}
