using NoraPipelines.Models;

namespace NoraPipelines.Adapters;

/// <summary>Places adapters whose rank changes in training, one call a method. Factors are set by an initialiser afterwards.</summary>
public static class ChangingRankMethods
{
    /// <summary>AdaLoRA (<see cref="AdaptiveRankAdapter"/>): scale alpha / rank.</summary>
    /// <exception cref="NoraException">A rank below 1.</exception>
    public static void AddAdaptiveRank(this AdapterSet adapters, LinearProjection projection, int rank, double alpha, double dropout = 0) =>
        adapters.Add(projection, new AdaptiveRankAdapter(
            projection.OutFeatures, projection.InFeatures, rank, alpha, dropout, projection.Weight.device));

    /// <summary>DyLoRA (<see cref="DynamicRankAdapter"/>): scale alpha / rank.</summary>
    /// <exception cref="NoraException">A rank below 1.</exception>
    public static void AddDynamicRank(this AdapterSet adapters, LinearProjection projection, int rank, double alpha, double dropout = 0) =>
        adapters.Add(projection, new DynamicRankAdapter(
            projection.OutFeatures, projection.InFeatures, rank, alpha, dropout, projection.Weight.device));
}
