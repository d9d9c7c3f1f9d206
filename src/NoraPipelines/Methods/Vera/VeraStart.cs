using NoraPipelines.Initialization;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>The start of VeRA: the pair is drawn before the adapters are placed; then b is zero, so that the model starts as it was.</summary>
public static class VeraStart
{
    /// <summary>Sets b to zero and every d to the same number; the shared pair has its values already.</summary>
    /// <exception cref="NoraException">An adapter of another method.</exception>
    public static InitializationReport Initialise(AdapterSet adapters, double initialD = 0.1) =>
        AdapterStart.ForEach<VeraAdapter>(adapters, "vera", 0, (adapter, _, _) =>
            adapter.SetVectors(b: zeros(adapter.OutFeatures), d: full([adapter.Rank], (float)initialD)));

    /// <summary>The pair for the largest of a model's projections that targets mean: q_proj, or of one stack vision.q_proj.</summary>
    /// <exception cref="NoraException">The model has none of them, or a rank below 1.</exception>
    public static VeraPair DrawPair(IAdaptableModel model, string[] targets, int rank, long seed)
    {
        var meant = model.Shape.Projections.Where(projection => targets.Any(projection.IsNamed)).ToArray();
        return DrawPair([.. model.Projections.Where(projection => meant.Any(one => one.PathOf(projection.Layer) == projection.Path))], rank, seed);
    }

    /// <summary>
    /// The pair for the largest of some projections: uniform within ±√(6 / columns), Kaiming's bound for a = 0. It depends on the seed
    /// and the sizes alone; PEFT's own draw from a seed is another, so files hold the pair.
    /// </summary>
    /// <exception cref="NoraException">No projection, or a rank below 1.</exception>
    public static VeraPair DrawPair(IReadOnlyCollection<LinearProjection> projections, int rank, long seed)
    {
        if (projections.Count == 0) throw new NoraException("VeRA's shared pair was asked for no projection. Name one at least.");
        if (rank < 1) throw new NoraException($"The rank is {rank}; it must be at least 1.");
        using var scope = NewDisposeScope();
        var weight = projections.First().Weight;
        var widen = Math.Sqrt(6); // RandomFactors' bound is 1/√columns
        var a = RandomFactors.Kaiming(rank, projections.Max(projection => projection.InFeatures), Seeds.Mix(seed, "vera_a")) * widen;
        var b = RandomFactors.Kaiming(projections.Max(projection => projection.OutFeatures), rank, Seeds.Mix(seed, "vera_b")) * widen;
        return new VeraPair(a, b, weight.dtype, weight.device);
    }
}
