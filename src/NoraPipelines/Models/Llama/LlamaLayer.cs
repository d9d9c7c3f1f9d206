using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Llama;

/// <summary>One block: attention and feed-forward, each behind a norm and added to the residual stream.</summary>
public sealed class LlamaLayer : TransformerLayer, ILayer<ForwardContext>
{
    private readonly RmsNorm _inputNorm;
    private readonly RmsNorm _postAttentionNorm;

    internal LlamaLayer(DecoderShape shape, int layer, LlamaWeights weights)
    {
        _inputNorm = weights.Norm($"model.layers.{layer}.input_layernorm");
        SelfAttention = new LlamaAttention(shape, layer, weights);
        _postAttentionNorm = weights.Norm($"model.layers.{layer}.post_attention_layernorm");
        Mlp = new LlamaMlp(shape, layer, weights);
        Projections =
        [
            SelfAttention.QProj, SelfAttention.KProj, SelfAttention.VProj, SelfAttention.OProj, Mlp.GateProj, Mlp.UpProj, Mlp.DownProj,
        ];
    }

    public LlamaAttention SelfAttention { get; }

    public LlamaMlp Mlp { get; }

    /// <summary>The seven projections, in the order of the forward pass.</summary>
    public override IReadOnlyList<LinearProjection> Projections { get; }

    /// <summary>x [rows, tokens, hidden] → the same shape.</summary>
    Tensor ILayer<ForwardContext>.Forward(Tensor x, in ForwardContext context)
    {
        using var scope = NewDisposeScope();
        return AddFeedForward(AddAttention(x, context), context).MoveToOuterDisposeScope();
    }

    private Tensor AddAttention(Tensor x, in ForwardContext context)
    {
        using var scope = NewDisposeScope();
        return (x + SelfAttention.Forward(_inputNorm.Forward(x, context.Returned), context)).MoveToOuterDisposeScope();
    }

    private Tensor AddFeedForward(Tensor x, in ForwardContext context)
    {
        using var scope = NewDisposeScope();
        return (x + Mlp.Forward(_postAttentionNorm.Forward(x, context.Returned), context.Returned)).MoveToOuterDisposeScope();
    }

    internal override IEnumerable<NamedTensor> Parameters() =>
    [
        .. Projections.SelectMany(projection => projection.Parameters()), .. SelfAttention.HeadNorms,
        _inputNorm.Parameter, _postAttentionNorm.Parameter,
    ];

    public override void Dispose()
    {
        _inputNorm.Dispose();
        SelfAttention.Dispose();
        _postAttentionNorm.Dispose();
        Mlp.Dispose();
    }
}
