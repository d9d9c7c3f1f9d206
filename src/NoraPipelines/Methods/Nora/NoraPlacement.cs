using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>Places NoRA adapters, the structures of the design space by one call each. <see cref="NoraStart"/> sets the factors afterwards.</summary>
public static class NoraPlacement
{
    /// <summary>The paper's NoRA (<see cref="NoraAdapter"/>): scale alpha / outerRank.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow.</exception>
    public static void AddNora(
        this AdapterSet adapters, LinearProjection projection, int outerRank, int innerRank, double alpha, double dropout = 0) =>
        adapters.Add(projection, new NoraAdapter(
            projection.OutFeatures, projection.InFeatures, outerRank, innerRank, alpha, dropout, projection.Dtype, projection.Device));

    /// <summary>The serial structure at any position (<see cref="NoraSerialAdapter"/>): scale alpha / outerRank.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow.</exception>
    public static void AddNoraSerial(
        this AdapterSet adapters, LinearProjection projection, int outerRank, int innerRank, InnerPosition position, double alpha,
        double dropout = 0, bool trainsOuter = false) =>
        adapters.Add(projection, new NoraSerialAdapter(projection.OutFeatures, projection.InFeatures, outerRank, innerRank, position, alpha,
            dropout, trainsOuter, projection.Dtype, projection.Device));

    /// <summary>The parallel structure (<see cref="NoraParallelAdapter"/>), whose start B·A is subtracted: scale alpha / outerRank.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow.</exception>
    public static void AddNoraParallel(
        this AdapterSet adapters, LinearProjection projection, int outerRank, int innerRank, InnerPosition position, double alpha,
        double dropout = 0, bool trainsOuter = false) =>
        adapters.Add(projection, new NoraParallelAdapter(projection.OutFeatures, projection.InFeatures, outerRank, innerRank, position, alpha,
            dropout, trainsOuter, projection.Dtype, projection.Device));

    /// <summary>The adapter structure (<see cref="NoraSquareAdapter"/>): scale alpha / outerRank.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow.</exception>
    public static void AddNoraSquare(
        this AdapterSet adapters, LinearProjection projection, int outerRank, InnerPosition position, double alpha,
        double dropout = 0, bool trainsOuter = false) =>
        adapters.Add(projection, new NoraSquareAdapter(projection.OutFeatures, projection.InFeatures, outerRank, position, alpha,
            dropout, trainsOuter, projection.Dtype, projection.Device));
}
