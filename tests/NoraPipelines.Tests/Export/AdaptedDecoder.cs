using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Methods;
using NoraPipelines.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Export;

/// <summary>A tiny decoder with adapters whose factors are random, so that every one changes the logits.</summary>
internal sealed class AdaptedDecoder : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _generator = new(23, CPU);

    private AdaptedDecoder(LlamaModel model) => Model = model;

    public LlamaModel Model { get; }

    public AdapterSet Adapters { get; } = new();

    /// <summary>NoRA on the projections that <paramref name="targets"/> picks; ranks by name where a rank is given.</summary>
    public static AdaptedDecoder Nora(
        Func<LinearProjection, bool>? targets = null,
        Func<LinearProjection, int>? innerRank = null,
        ScalarType dtype = ScalarType.Float32) =>
        new AdaptedDecoder(TinyDecoder.Create(dtype: dtype)).Add(targets, (projection, draw) =>
        {
            var inner = innerRank?.Invoke(projection) ?? 3;
            var adapter = new NoraAdapter(
                projection.OutFeatures, projection.InFeatures, outerRank: 6, inner, alpha: 9, dropout: 0.25, dtype, CPU);
            adapter.SetOuter(draw(projection.OutFeatures, 6), draw(6, projection.InFeatures));
            adapter.SetInner(draw(6, inner), draw(inner, 6));
            return adapter;
        });

    /// <summary>A structure of NoRA's design space on every projection.</summary>
    public static AdaptedDecoder Structure(
        InnerStructure structure, InnerPosition position, bool trainsOuter, ScalarType dtype = ScalarType.Float32) =>
        new AdaptedDecoder(TinyDecoder.Create(dtype: dtype)).Add(null, (projection, draw) =>
        {
            var adapter = Structures.Make(
                structure, position, trainsOuter, projection.OutFeatures, projection.InFeatures, 6, 3, alpha: 9, dtype, dropout: 0.25);
            Structures.Fill(adapter, shape => draw((int)shape[0], (int)shape[1]));
            return adapter;
        });

    public static AdaptedDecoder DyLora() => new AdaptedDecoder(TinyDecoder.Create()).Add(null, (projection, draw) =>
    {
        var adapter = new DyLoraAdapter(projection.OutFeatures, projection.InFeatures, rank: 4, alpha: 6, dropout: 0, CPU);
        adapter.SetFactors(draw(projection.OutFeatures, 4), draw(4, projection.InFeatures));
        return adapter;
    });

    /// <summary>AdaLoRA of rank 5, of which a projection keeps 1 to 5 triples; the first keeps none.</summary>
    public static AdaptedDecoder AdaLora() => new AdaptedDecoder(TinyDecoder.Create()).Add(null, (projection, draw) =>
    {
        var adapter = new AdaLoraAdapter(projection.OutFeatures, projection.InFeatures, rank: 5, alpha: 6, dropout: 0.25, CPU);
        var kept = projection.Layer == 0 && projection.Name == "q_proj" ? 0 : 1 + projection.Path.Length % 5;
        adapter.SetFactors(draw(projection.OutFeatures, 5), draw(5, 1) * (arange(5) < kept).unsqueeze(1), draw(5, projection.InFeatures));
        return adapter;
    });

    /// <summary>An adapter of any method on every projection; <paramref name="make"/> draws [rows, columns].</summary>
    public static AdaptedDecoder Of(Func<LinearProjection, Func<int, int, Tensor>, Adapter> make, ScalarType dtype = ScalarType.Float32) =>
        new AdaptedDecoder(TinyDecoder.Create(dtype: dtype)).Add(null, make);

    public static AdaptedDecoder Lora() => new AdaptedDecoder(TinyDecoder.Create()).Add(null, (projection, draw) =>
    {
        var adapter = new LoraAdapter(projection.OutFeatures, projection.InFeatures, rank: 4, alpha: 6, dropout: 0, CPU);
        adapter.SetFactors(draw(projection.OutFeatures, 4), draw(4, projection.InFeatures));
        return adapter;
    });

    public static AdaptedDecoder LoraXs() => new AdaptedDecoder(TinyDecoder.Create()).Add(null, (projection, draw) =>
    {
        var adapter = new LoraXsAdapter(projection.OutFeatures, projection.InFeatures, rank: 5, alpha: 4, 0, ScalarType.Float32, CPU);
        adapter.SetOuter(draw(projection.OutFeatures, 5), draw(5, projection.InFeatures));
        adapter.SetCore(draw(5, 5));
        return adapter;
    });

    /// <summary>[rows, tokens, vocabulary], float32, on fixed ids.</summary>
    public static Tensor Logits(LlamaModel model)
    {
        using var noGradient = no_grad();
        return model.Logits(model.Hidden(TinyDecoder.Ids(2, 9))).to(ScalarType.Float32);
    }

    public Tensor Logits() => Logits(Model);

    public void Dispose()
    {
        Adapters.Dispose();
        Model.Dispose();
        _generator.Dispose();
        _scope.Dispose();
    }

    private AdaptedDecoder Add(Func<LinearProjection, bool>? targets, Func<LinearProjection, Func<int, int, Tensor>, Adapter> make)
    {
        foreach (var projection in Model.Projections.Where(projection => targets?.Invoke(projection) ?? true))
            Adapters.Add(projection, make(projection, Draw));
        return this;
    }

    private Tensor Draw(int rows, int columns) => randn([rows, columns], generator: _generator).mul_(0.4);
}
