using NoraPipelines.Adapters;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>
/// Starts nested adapters: the outer pair from the weight (and from what comes in), the inner pair small. The weight itself stays as
/// it is. Every random number depends on the seed and the projection's path alone.
/// </summary>
public static class NoraInitializer
{
    /// <summary>Sets outer and inner pairs of all adapters, one projection after the other.</summary>
    /// <param name="statistics">Null where neither the outer init nor a report of errors needs activations.</param>
    /// <param name="progress">Is told the projections done, and all.</param>
    /// <exception cref="NoraException">
    /// An adapter of another method, AwSVD without statistics, or a weight or input that is not finite; the projection is named.
    /// </exception>
    public static InitializationReport Initialise(
        AdapterSet adapters, NoraPlan plan, CalibrationPlan calibration, ActivationStatistics? statistics, int seed,
        Action<int, int>? progress = null)
    {
        using var noGradient = no_grad();
        var projections = new List<ProjectionInitialization>();
        foreach (var (projection, adapter) in adapters.Items)
        {
            if (adapter is not (NestedLowRankAdapter or StructuredAdapter))
            {
                throw new NoraException(
                    $"{projection.Path} has a {adapter.Method} adapter; this start is for nora. Use the initialiser of its method.");
            }
            try
            {
                projections.Add(Initialise(projection, (OuterPairAdapter)adapter, plan, calibration, statistics, Seeds.Mix(seed, projection.Path)));
            }
            catch (NoraException e) when (!e.Message.StartsWith(projection.Path, StringComparison.Ordinal))
            {
                throw new NoraException($"{projection.Path}: {e.Message}", e);
            }
            progress?.Invoke(projections.Count, adapters.Items.Count);
        }
        return new InitializationReport(projections);
    }

    private static ProjectionInitialization Initialise(
        LinearProjection projection, OuterPairAdapter adapter, NoraPlan plan, CalibrationPlan calibration,
        ActivationStatistics? statistics, long seed)
    {
        using var scope = NewDisposeScope();
        var candidates = new OuterCandidates(projection, adapter.OuterRank, plan, calibration, statistics, seed);
        var outer = candidates.Make(plan.OuterInit);
        adapter.SetOuter(outer.B, outer.A);

        if (adapter is NestedLowRankAdapter nested)
        {
            var inner = InnerStart.Of(plan.InnerInit, nested.OuterRank, nested.InnerRank, plan.InnerStd, outer.Sigma, seed);
            nested.SetInner(inner.B, inner.A);
        }
        else
        {
            InnerStart.Set((StructuredAdapter)adapter, plan.InnerInit, plan.InnerStd, outer.Sigma, seed);
        }
        var floored = plan.OuterInit == OuterInitialization.AwSvd && calibration.Scaling == ScalingKind.Diagonal ? candidates.Floored : 0;
        return new ProjectionInitialization(
            projection.Path, floored, StartSize.Relative(adapter, projection.Weight), candidates.Errors(outer));
    }
}
