using NoraPipelines.Adapters;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>Starts the low-rank adapters that NoRA is compared with (method.md, section 5). The weight stays as it is.</summary>
public static class LoraInitializer
{
    /// <summary>Standard deviation of LoRA-XS's R.</summary>
    private const double CoreStd = 1e-5;

    /// <summary>LoRA: A Kaiming uniform (√5), B zero, so the model starts as it was.</summary>
    /// <exception cref="NoraException">An adapter of another method.</exception>
    public static InitializationReport Initialise(AdapterSet adapters, int seed) =>
        ForEach<LowRankAdapter>(adapters, "lora", seed, (adapter, _, own) =>
        {
            var a = RandomFactors.Kaiming(adapter.Rank, adapter.InFeatures, Seeds.Mix(own, "lora_a")); // [r, in]
            adapter.SetFactors(zeros(adapter.OutFeatures, adapter.Rank), a);
        });

    /// <summary>LoRA-XS: B = UΣ and A = Vᵀ of the weight's truncated SVD, frozen; R from N(0, 1e-5²).</summary>
    /// <exception cref="NoraException">An adapter of another method, or a weight that is not finite.</exception>
    public static InitializationReport InitialiseXs(AdapterSet adapters, int seed) =>
        ForEach<LowRankCoreAdapter>(adapters, "lora_xs", seed, (adapter, weight, own) =>
        {
            var outer = AwSvd.Factor(weight, null, adapter.OuterRank, SigmaSide.B, new SvdOptions(Seed: Seeds.Mix(own, "svd")));
            adapter.SetOuter(outer.B, outer.A);
            adapter.SetCore(RandomFactors.Normal(adapter.OuterRank, adapter.OuterRank, CoreStd, Seeds.Mix(own, "core")));
        });

    internal static InitializationReport ForEach<T>(AdapterSet adapters, string method, int seed, Action<T, Tensor, long> start)
        where T : Adapter
    {
        using var noGradient = no_grad();
        var projections = new List<ProjectionInitialization>();
        foreach (var (projection, adapter) in adapters.Items)
        {
            if (adapter is not T own)
            {
                throw new NoraException(
                    $"{projection.Path} has a {adapter.Method} adapter; this start is for {method}. Use the initialiser of its method.");
            }
            using var scope = NewDisposeScope();
            try
            {
                start(own, projection.Weight, Seeds.Mix(seed, projection.Path));
            }
            catch (NoraException e)
            {
                throw new NoraException($"{projection.Path}: {e.Message}", e);
            }
            projections.Add(new(projection.Path, 0, StartSize.Relative(adapter, projection.Weight), null));
        }
        return new InitializationReport(projections);
    }
}
