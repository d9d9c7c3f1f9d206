using NoraPipelines.Models;

namespace NoraPipelines.Methods;

/// <summary>Places DoRA adapters.</summary>
public static class DoraPlacement
{
    /// <summary>Scale alpha / rank. The start sets the factors afterwards: <see cref="DoraStart"/>.</summary>
    /// <exception cref="NoraException">A rank below 1.</exception>
    public static void AddDora(this AdapterSet adapters, LinearProjection projection, int rank, double alpha, double dropout = 0) =>
        adapters.Add(projection, new DoraAdapter(projection, rank, alpha, dropout));
}
