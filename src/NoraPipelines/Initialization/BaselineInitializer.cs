using NoraPipelines.Adapters;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>Starts of the methods beyond LoRA (method.md, section 5). Each leaves the model's function as it was, and the weight itself.</summary>
public static class BaselineInitializer
{
    /// <summary>DoRA: A Kaiming uniform (√5), B zero, g the norm of each row of W.</summary>
    /// <exception cref="NoraException">An adapter of another method.</exception>
    public static InitializationReport InitialiseDora(AdapterSet adapters, int seed) =>
        LoraInitializer.ForEach<WeightDecomposedAdapter>(adapters, "dora", seed, (adapter, weight, own) => adapter.SetFactors(
            b: zeros(adapter.OutFeatures, adapter.Rank),
            a: RandomFactors.Kaiming(adapter.Rank, adapter.InFeatures, Seeds.Mix(own, "lora_a")),
            magnitude: weight.to(float32).norm(1)));

    /// <summary>PiSSA: A = √(Σ/s)·Vᵀ and B = U·√(Σ/s) of the exact truncated SVD, so that s·B·A is the best approximation of rank r.</summary>
    /// <exception cref="NoraException">An adapter of another method, or a weight that is not finite.</exception>
    public static InitializationReport InitialisePissa(AdapterSet adapters, int seed) =>
        LoraInitializer.ForEach<PrincipalAdapter>(adapters, "pissa", seed, (adapter, weight, own) =>
        {
            var svd = TruncatedSvd.Of(weight, adapter.Rank, new SvdOptions(Kind: SvdKind.Exact, Seed: Seeds.Mix(own, "svd")));
            var root = (svd.Sigma / adapter.Scale).sqrt(); // [r]
            adapter.SetStart(b: svd.U * root, a: root.unsqueeze(1) * svd.Vt);
        });

    /// <summary>VeRA: b zero, every d the same; the shared pair has its values already.</summary>
    /// <exception cref="NoraException">An adapter of another method.</exception>
    public static InitializationReport InitialiseVera(AdapterSet adapters, double initialD = 0.1) =>
        LoraInitializer.ForEach<VectorAdapter>(adapters, "vera", 0, (adapter, _, _) =>
            adapter.SetVectors(b: zeros(adapter.OutFeatures), d: full([adapter.Rank], (float)initialD)));

    /// <summary>VeRA's pair for the largest of a model's projections of some names, such as q_proj.</summary>
    /// <exception cref="NoraException">The model has none of them, or a rank below 1.</exception>
    public static SharedProjections DrawShared(IAdaptableModel model, string[] targets, int rank, long seed) =>
        DrawShared([.. model.Projections.Where(projection => targets.Contains(projection.Name))], rank, seed);

    /// <summary>
    /// VeRA's pair for the largest of some projections: uniform within ±√(6 / columns), Kaiming's bound for a = 0. It depends on the seed
    /// and the sizes alone; PEFT's own draw from a seed is another, so files hold the pair.
    /// </summary>
    /// <exception cref="NoraException">No projection, or a rank below 1.</exception>
    public static SharedProjections DrawShared(IReadOnlyCollection<LinearProjection> projections, int rank, long seed)
    {
        if (projections.Count == 0) throw new NoraException("VeRA's shared pair was asked for no projection. Name one at least.");
        if (rank < 1) throw new NoraException($"The rank is {rank}; it must be at least 1.");
        using var scope = NewDisposeScope();
        var weight = projections.First().Weight;
        var widen = Math.Sqrt(6); // RandomFactors' bound is 1/√columns
        var a = RandomFactors.Kaiming(rank, projections.Max(projection => projection.InFeatures), Seeds.Mix(seed, "vera_a")) * widen;
        var b = RandomFactors.Kaiming(projections.Max(projection => projection.OutFeatures), rank, Seeds.Mix(seed, "vera_b")) * widen;
        return new SharedProjections(a, b, weight.dtype, weight.device);
    }

    /// <summary>LoKr: w1 zero, w2a and w2b Kaiming uniform (√5).</summary>
    /// <exception cref="NoraException">An adapter of another method.</exception>
    public static InitializationReport InitialiseLokr(AdapterSet adapters, int seed) =>
        LoraInitializer.ForEach<KroneckerAdapter>(adapters, "lokr", seed, (adapter, _, own) => adapter.SetFactors(
            w1: zeros(adapter.W1.shape),
            w2a: RandomFactors.Kaiming(adapter.W2A.shape[0], adapter.Rank, Seeds.Mix(own, "lokr_w2_a")),
            w2b: RandomFactors.Kaiming(adapter.Rank, adapter.W2B.shape[1], Seeds.Mix(own, "lokr_w2_b"))));
}
