using NoraPipelines.Models;

namespace NoraPipelines.Methods;

/// <summary>Places VeRA adapters.</summary>
public static class VeraPlacement
{
    /// <summary>On slices of the pair that all projections share. The start sets the factors afterwards: <see cref="VeraStart"/>.</summary>
    /// <exception cref="NoraException">The pair is smaller than the projection.</exception>
    public static void AddVera(this AdapterSet adapters, LinearProjection projection, VeraPair shared, double dropout = 0) =>
        adapters.Add(projection, new VeraAdapter(projection.OutFeatures, projection.InFeatures, shared, dropout));
}
