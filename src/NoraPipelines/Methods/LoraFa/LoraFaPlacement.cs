using NoraPipelines.Models;

namespace NoraPipelines.Methods;

/// <summary>Places LoRA-FA adapters.</summary>
public static class LoraFaPlacement
{
    /// <summary>Scale alpha / rank. The start sets the factors afterwards: <see cref="LoraStart"/>.</summary>
    /// <exception cref="NoraException">A rank below 1.</exception>
    public static void AddLoraFa(this AdapterSet adapters, LinearProjection projection, int rank, double alpha, double dropout = 0) =>
        adapters.Add(projection, new LoraFaAdapter(projection.OutFeatures, projection.InFeatures, rank, alpha, dropout, projection.Device));
}
