using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Roberta;

/// <summary>One block: attention and feed-forward, each with its norm behind the residual sum.</summary>
public sealed class RobertaLayer : IDisposable
{
    internal RobertaLayer(EncoderShape shape, int layer, RobertaWeights weights)
    {
        Attention = new RobertaAttention(shape, layer, weights);
        Intermediate = new RobertaIntermediate(shape, layer, weights);
        Output = new RobertaOutput(shape, layer, "output", weights);
        Projections =
        [
            Attention.Self.Query, Attention.Self.Key, Attention.Self.Value, Attention.Output.Dense, Intermediate.Dense, Output.Dense,
        ];
    }

    public RobertaAttention Attention { get; }

    public RobertaIntermediate Intermediate { get; }

    public RobertaOutput Output { get; }

    /// <summary>The six projections, in the order of the forward pass.</summary>
    public IReadOnlyList<LinearProjection> Projections { get; }

    /// <summary>x [rows, tokens, hidden] → the same shape.</summary>
    internal Tensor Forward(Tensor x, in EncoderPass pass)
    {
        using var scope = NewDisposeScope();
        var attended = Attention.Forward(x, pass); // [rows, tokens, hidden]
        return Output.Forward(Intermediate.Forward(attended), attended, pass).MoveToOuterDisposeScope();
    }

    /// <summary>Everything in the layer that requires a gradient, adapters included.</summary>
    internal IEnumerable<Tensor> Trainable() => Parameters()
        .Concat(Projections.SelectMany(projection => projection.Adapter?.Trainable ?? []))
        .Select(parameter => parameter.Value)
        .Where(value => value.requires_grad);

    internal bool DropsOut => Projections.Any(projection => projection.Adapter is { DropsOut: true });

    internal IEnumerable<NamedTensor> Parameters() =>
        [.. Projections.SelectMany(projection => projection.Parameters()), .. Attention.Output.Norm.Parameters, .. Output.Norm.Parameters];

    public void Dispose()
    {
        Attention.Dispose();
        Intermediate.Dispose();
        Output.Dispose();
    }
}
