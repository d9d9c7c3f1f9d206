using NoraPipelines.Models;

namespace NoraPipelines.Adapters;

/// <summary>Places the methods that NoRA is compared with, one call each. Factors are set by an initialiser afterwards.</summary>
public static class BaselineMethods
{
    /// <summary>rsLoRA (<see cref="RankStabilizedAdapter"/>): scale alpha / √rank.</summary>
    /// <exception cref="NoraException">A rank below 1.</exception>
    public static void AddRankStabilized(this AdapterSet adapters, LinearProjection projection, int rank, double alpha, double dropout = 0) =>
        adapters.Add(projection, new RankStabilizedAdapter(
            projection.OutFeatures, projection.InFeatures, rank, alpha, dropout, projection.Weight.device));

    /// <summary>LoRA-FA (<see cref="FrozenDownAdapter"/>): scale alpha / rank.</summary>
    /// <exception cref="NoraException">A rank below 1.</exception>
    public static void AddFrozenDown(this AdapterSet adapters, LinearProjection projection, int rank, double alpha, double dropout = 0) =>
        adapters.Add(projection, new FrozenDownAdapter(
            projection.OutFeatures, projection.InFeatures, rank, alpha, dropout, projection.Weight.device));

    /// <summary>DoRA (<see cref="WeightDecomposedAdapter"/>): scale alpha / rank.</summary>
    /// <exception cref="NoraException">A rank below 1.</exception>
    public static void AddWeightDecomposed(this AdapterSet adapters, LinearProjection projection, int rank, double alpha, double dropout = 0) =>
        adapters.Add(projection, new WeightDecomposedAdapter(projection, rank, alpha, dropout));

    /// <summary>PiSSA (<see cref="PrincipalAdapter"/>): scale alpha / rank.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow.</exception>
    public static void AddPrincipal(this AdapterSet adapters, LinearProjection projection, int rank, double alpha, double dropout = 0) =>
        adapters.Add(projection, new PrincipalAdapter(
            projection.OutFeatures, projection.InFeatures, rank, alpha, dropout, projection.Weight.device));

    /// <summary>VeRA (<see cref="VectorAdapter"/>) on slices of the pair that all projections share.</summary>
    /// <exception cref="NoraException">The pair is smaller than the projection.</exception>
    public static void AddVector(this AdapterSet adapters, LinearProjection projection, SharedProjections shared, double dropout = 0) =>
        adapters.Add(projection, new VectorAdapter(projection.OutFeatures, projection.InFeatures, shared, dropout));

    /// <summary>LoKr (<see cref="KroneckerAdapter"/>): scale alpha / rank.</summary>
    /// <exception cref="NoraException">A rank that makes the product of the second factor no smaller than the factor.</exception>
    public static void AddKronecker(
        this AdapterSet adapters, LinearProjection projection, int rank, double alpha, int? factor = null, double dropout = 0) =>
        adapters.Add(projection, new KroneckerAdapter(
            projection.OutFeatures, projection.InFeatures, rank, alpha, dropout, projection.Weight.device, factor));
}
