using NoraPipelines.Models;

namespace NoraPipelines.Methods;

/// <summary>Places rsLoRA adapters.</summary>
public static class RsLoraPlacement
{
    /// <summary>Scale alpha / √rank. The start sets the factors afterwards: <see cref="LoraStart"/>.</summary>
    /// <exception cref="NoraException">A rank below 1.</exception>
    public static void AddRsLora(this AdapterSet adapters, LinearProjection projection, int rank, double alpha, double dropout = 0) =>
        adapters.Add(projection, new RsLoraAdapter(projection.OutFeatures, projection.InFeatures, rank, alpha, dropout, projection.Device));
}
