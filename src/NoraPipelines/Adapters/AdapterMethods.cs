using NoraPipelines.Models;

namespace NoraPipelines.Adapters;

/// <summary>Makes an adapter for a projection and places it, one call a method. Factors are set by an initialiser afterwards.</summary>
public static class AdapterMethods
{
    /// <summary>NoRA (<see cref="NestedLowRankAdapter"/>): scale alpha / outerRank.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow.</exception>
    public static void AddNested(this AdapterSet adapters, LinearProjection projection, int outerRank, int innerRank, double alpha, double dropout = 0) =>
        adapters.Add(projection, new NestedLowRankAdapter(
            projection.OutFeatures, projection.InFeatures, outerRank, innerRank, alpha, dropout, projection.Weight.dtype, projection.Weight.device));

    /// <summary>LoRA (<see cref="LowRankAdapter"/>): scale alpha / rank.</summary>
    /// <exception cref="NoraException">A rank below 1.</exception>
    public static void AddLowRank(this AdapterSet adapters, LinearProjection projection, int rank, double alpha, double dropout = 0) =>
        adapters.Add(projection, new LowRankAdapter(
            projection.OutFeatures, projection.InFeatures, rank, alpha, dropout, projection.Weight.device));

    /// <summary>LoRA-XS (<see cref="LowRankCoreAdapter"/>): scale alpha / rank.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow.</exception>
    public static void AddLowRankCore(this AdapterSet adapters, LinearProjection projection, int rank, double alpha, double dropout = 0) =>
        adapters.Add(projection, new LowRankCoreAdapter(
            projection.OutFeatures, projection.InFeatures, rank, alpha, dropout, projection.Weight.dtype, projection.Weight.device));
}
