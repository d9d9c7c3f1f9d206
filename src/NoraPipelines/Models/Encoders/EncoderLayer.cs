using NoraPipelines.Interop;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Encoders;

/// <summary>One block: attention and feed-forward, each with its norm behind the residual sum.</summary>
public sealed class EncoderLayer : TransformerLayer, ILayer<EncoderPass>
{
    internal EncoderLayer(EncoderShape shape, int layer, EncoderWeights weights)
    {
        Attention = new EncoderAttention(shape, layer, weights);
        Intermediate = new EncoderIntermediate(shape, layer, weights);
        Output = new EncoderOutput(shape, layer, "output", weights);
        Projections =
        [
            Attention.Self.Query, Attention.Self.Key, Attention.Self.Value, Attention.Output.Dense, Intermediate.Dense, Output.Dense,
        ];
    }

    public EncoderAttention Attention { get; }

    public EncoderIntermediate Intermediate { get; }

    public EncoderOutput Output { get; }

    /// <summary>The six projections, in the order of the forward pass.</summary>
    public override IReadOnlyList<LinearProjection> Projections { get; }

    /// <summary>x [rows, tokens, hidden] → the same shape.</summary>
    Tensor ILayer<EncoderPass>.Forward(Tensor x, in EncoderPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor attended; // [rows, tokens, hidden]
        using (StepRange.Enter(Parts.Attention)) attended = Attention.Forward(x, pass);
        using var part = StepRange.Enter(Parts.FeedForward);
        return Output.Forward(Intermediate.Forward(attended), attended, pass).MoveToOuterDisposeScope();
    }

    internal override IEnumerable<NamedTensor> Parameters() =>
        [.. Projections.SelectMany(projection => projection.Parameters()), .. Attention.Output.Norm.Parameters, .. Output.Norm.Parameters];

    public override void Dispose()
    {
        Attention.Dispose();
        Intermediate.Dispose();
        Output.Dispose();
    }
}
