using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// The A of adapters whose projections read one x, behind each other in one memory, so that A·x of all is one product. Goes with the first of
/// its adapters that is disposed; the others keep their part of the memory.
/// </summary>
internal sealed class OuterStack : IDisposable
{
    private readonly FrozenOuterAdapter[] _adapters;

    private OuterStack(FrozenOuterAdapter[] adapters)
    {
        _adapters = adapters;
        Rows = cat([.. adapters.Select(adapter => adapter.OuterA)], 0).DetachFromDisposeScope();
        long start = 0;
        foreach (var adapter in adapters)
        {
            adapter.MoveInto(this, Rows.narrow(0, start, adapter.OuterRank));
            start += adapter.OuterRank;
        }
    }

    /// <summary>[Σr, in], the model's dtype.</summary>
    public Tensor Rows { get; }

    /// <summary>[Σr, in]: the adapters' own A one after the other; the first call for these adapters moves them there.</summary>
    public static Tensor Of(FrozenOuterAdapter[] adapters)
    {
        if (adapters.Length == 1) return adapters[0].OuterA;
        var stack = adapters[0].Stack;
        return (stack is not null && stack._adapters.SequenceEqual(adapters) ? stack : new OuterStack(adapters)).Rows;
    }

    public void Dispose() => Rows.Dispose();
}
