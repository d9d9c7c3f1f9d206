using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Llama;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Llama;

/// <summary>Adapters on every projection, with values in every factor.</summary>
internal static class TinyAdapters
{
    public static AdapterSet Nested(LlamaModel model, double dropout = 0) => Place(model, (outs, ins) =>
        new NoraAdapter(outs, ins, outerRank: 8, innerRank: 4, alpha: 16, dropout, model.Dtype, model.Device));

    public static AdapterSet LowRank(LlamaModel model, double dropout = 0) => Place(model, (outs, ins) =>
        new LoraAdapter(outs, ins, rank: 4, alpha: 8, dropout, model.Device));

    private static AdapterSet Place(LlamaModel model, Func<int, int, Adapter> create)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        using var noGradient = no_grad();
        var set = new AdapterSet();
        foreach (var projection in model.Projections)
        {
            var adapter = create(projection.OutFeatures, projection.InFeatures);
            foreach (var (_, value) in adapter.Trainable.Concat(adapter.Frozen))
                value.copy_(randn(value.shape, generator: generator) / Math.Sqrt(value.shape[1]));
            set.Add(projection, adapter);
        }
        return set;
    }
}
