using NoraPipelines.Interop;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Llama;

/// <summary>Gated feed-forward block: down(act(gate(x)) ⊙ up(x)) (Shazeer 2020).</summary>
public sealed class LlamaMlp : IDisposable
{
    private readonly ProjectionGroup _gateUp;
    private readonly ProjectionGroup _down;
    private readonly GateActivation _activation;

    internal LlamaMlp(DecoderShape shape, int layer, LlamaWeights weights)
    {
        GateProj = weights.Projection(layer, "gate_proj");
        UpProj = weights.Projection(layer, "up_proj");
        DownProj = weights.Projection(layer, "down_proj");
        _gateUp = new ProjectionGroup(GateProj, UpProj);
        _down = new ProjectionGroup(DownProj);
        _activation = shape.Activation;
    }

    public LinearProjection GateProj { get; }

    public LinearProjection UpProj { get; }

    public LinearProjection DownProj { get; }

    internal Tensor Forward(Tensor x, ReturnedGradients? returned)
    {
        using var part = StepRange.Enter(Parts.FeedForward);
        using var scope = NewDisposeScope();
        var projected = _gateUp.Forward(x, returned);
        var (gate, up) = (projected[0], projected[1]); // [rows, tokens, feedForward]
        var gated = _activation == GateActivation.Silu ? GatedSilu.Run(gate, up, returned) : Activations.Of(_activation)(gate) * up;
        return _down.Forward(gated, returned)[0].MoveToOuterDisposeScope(); // [rows, tokens, hidden]
    }

    public void Dispose()
    {
        foreach (var projection in (ReadOnlySpan<LinearProjection>)[GateProj, UpProj, DownProj]) projection.Dispose();
    }
}
