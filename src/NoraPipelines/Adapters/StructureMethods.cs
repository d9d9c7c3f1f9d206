using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Adapters;

/// <summary>Places the structures of NoRA's design space, one call each. Factors are set by an initialiser afterwards.</summary>
public static class StructureMethods
{
    /// <summary>The serial structure at any position (<see cref="SerialAdapter"/>): scale alpha / outerRank.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow.</exception>
    public static void AddSerial(
        this AdapterSet adapters, LinearProjection projection, int outerRank, int innerRank, InnerPosition position, double alpha,
        double dropout = 0, bool trainsOuter = false) =>
        adapters.Add(projection, new SerialAdapter(projection.OutFeatures, projection.InFeatures, outerRank, innerRank, position, alpha,
            dropout, trainsOuter, projection.Weight.dtype, projection.Weight.device));

    /// <summary>The parallel structure (<see cref="ParallelAdapter"/>), whose start B·A is subtracted: scale alpha / outerRank.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow.</exception>
    public static void AddParallel(
        this AdapterSet adapters, LinearProjection projection, int outerRank, int innerRank, InnerPosition position, double alpha,
        double dropout = 0, bool trainsOuter = false) =>
        adapters.Add(projection, new ParallelAdapter(projection.OutFeatures, projection.InFeatures, outerRank, innerRank, position, alpha,
            dropout, trainsOuter, projection.Weight.dtype, projection.Weight.device));

    /// <summary>The adapter structure (<see cref="SquareAdapter"/>): scale alpha / outerRank.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow.</exception>
    public static void AddSquare(
        this AdapterSet adapters, LinearProjection projection, int outerRank, InnerPosition position, double alpha,
        double dropout = 0, bool trainsOuter = false) =>
        adapters.Add(projection, new SquareAdapter(projection.OutFeatures, projection.InFeatures, outerRank, position, alpha,
            dropout, trainsOuter, projection.Weight.dtype, projection.Weight.device));
}
