using NoraPipelines.Methods;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Methods;

/// <summary>One projection [12, 10] with bias, an input [2, 3, 10], and adapters with values in every factor.</summary>
internal sealed class SmallProjection : IDisposable
{
    public const int Out = 12;
    public const int In = 10;

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly Generator _generator = new(17, CPU);

    public SmallProjection(ScalarType dtype = ScalarType.Float32)
    {
        Dtype = dtype;
        Projection = new LinearProjection("model.layers.3.self_attn.q_proj", Draw(Out, In).to(dtype), Draw(Out).to(dtype), layer: 3);
        X = Draw(2, 3, In).to(dtype);
    }

    public ScalarType Dtype { get; }

    public LinearProjection Projection { get; }

    public Tensor X { get; }

    public Tensor Draw(params long[] dimensions) => randn(dimensions, generator: _generator).to(TestDevice.Here);

    public NoraAdapter Nested(double alpha = 8, double dropout = 0)
    {
        var adapter = new NoraAdapter(Out, In, outerRank: 4, innerRank: 2, alpha, dropout, Dtype, TestDevice.Here);
        adapter.SetOuter(b: Draw(Out, 4), a: Draw(4, In));
        adapter.SetInner(b: Draw(4, 2), a: Draw(2, 4));
        return adapter;
    }

    public LoraAdapter LowRank(double alpha = 8, double dropout = 0)
    {
        var adapter = new LoraAdapter(Out, In, rank: 4, alpha, dropout, TestDevice.Here);
        adapter.SetFactors(b: Draw(Out, 4), a: Draw(4, In));
        return adapter;
    }

    public LoraXsAdapter Core(double alpha = 8)
    {
        var adapter = new LoraXsAdapter(Out, In, rank: 4, alpha, dropout: 0, Dtype, TestDevice.Here);
        adapter.SetOuter(b: Draw(Out, 4), a: Draw(4, In));
        adapter.SetCore(Draw(4, 4));
        return adapter;
    }

    public void Dispose()
    {
        Projection.Dispose();
        _generator.Dispose();
        _scope.Dispose();
    }
}
