using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Adapters;

/// <summary>The rank that all DyLoRA adapters of a model are cut to.</summary>
public static class DynamicRank
{
    /// <summary>
    /// The rank of a training step, uniform in 1 … r: a pure function of (seed, step), so that a resumed run draws what an uninterrupted one
    /// would have drawn.
    /// </summary>
    /// <param name="step">Steps done before it.</param>
    /// <returns>The rank drawn.</returns>
    /// <exception cref="NoraException">An adapter of another method.</exception>
    public static int Draw(AdapterSet adapters, long seed, int step)
    {
        var own = Own(adapters);
        var rank = 1 + (int)(Seeds.Mix(Seeds.Mix(seed, "dylora"), step) % own.Min(adapter => adapter.Rank));
        foreach (var adapter in own) adapter.Drawn = rank;
        return rank;
    }

    /// <summary>Cuts the adapters to a rank for everything but training.</summary>
    /// <exception cref="NoraException">An adapter of another method, or a rank above the adapter's.</exception>
    public static void Cut(AdapterSet adapters, int rank)
    {
        foreach (var adapter in Own(adapters)) adapter.RankAt = rank;
    }

    /// <summary>
    /// The adapters of an exported DyLoRA, which is a plain LoRA, cut to a rank: new ones on the model in the place of <paramref name="loaded"/>,
    /// which is disposed.
    /// </summary>
    /// <exception cref="NoraException">The loaded adapters have fewer ranks, or are no plain LoRA.</exception>
    public static AdapterSet Cut(IAdaptableModel model, AdapterSet loaded, int rank)
    {
        var cut = new Dictionary<string, LowRankAdapter>(StringComparer.Ordinal);
        try
        {
            foreach (var (projection, adapter) in loaded.Items) cut[projection.Path] = Cut(projection.Path, adapter, rank);
        }
        catch
        {
            foreach (var adapter in cut.Values) adapter.Dispose();
            throw;
        }
        finally
        {
            loaded.Dispose();
        }
        return AdapterSet.On(model, projection => cut.GetValueOrDefault(projection.Path));
    }

    private static LowRankAdapter Cut(string path, Adapter adapter, int rank)
    {
        if (adapter is not LowRankAdapter lora || lora.Rank < rank)
        {
            throw new NoraException($"{path}: adapter.rank_at is {rank}, and the adapter there has {(adapter is LowRankAdapter low ? $"rank {low.Rank}" : adapter.Method)}. "
                + "Only a DyLoRA that was exported at that rank or a higher one can be cut to it.");
        }
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        // √(r/b) of the b that it was exported at is in B already; what is left is √(b/rank).
        var scale = lora.Scale * Math.Sqrt((double)lora.Rank / rank);
        var smaller = new LowRankAdapter(lora.OutFeatures, lora.InFeatures, rank, rank, lora.Dropout, lora.A.device);
        smaller.SetFactors(lora.B.narrow(1, 0, rank) * scale, lora.A.narrow(0, 0, rank));
        return smaller;
    }

    private static DynamicRankAdapter[] Own(AdapterSet adapters) =>
    [
        .. adapters.Items.Select(item => item.Adapter as DynamicRankAdapter
            ?? throw new NoraException($"{item.Projection.Path} has a {item.Adapter.Method} adapter; only dylora is cut to a rank.")),
    ];
}
