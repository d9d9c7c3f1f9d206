using static TorchSharp.torch;

namespace NoraPipelines.Models.Clip;

/// <summary>The feed-forward block: fc2(act(fc1(x))), act quick_gelu in OpenAI's models.</summary>
// Legend: rows = batch, positions = patches or tokens, hidden = width of the tower.
public sealed class ClipMlp : IDisposable
{
    private readonly ProjectionGroup _up;
    private readonly ProjectionGroup _down;
    private readonly Func<Tensor, Tensor> _activation;

    internal ClipMlp(ClipTowerWeights weights, int layer)
    {
        Fc1 = weights.Projection(layer, "fc1");
        Fc2 = weights.Projection(layer, "fc2");
        (_up, _down) = (new ProjectionGroup(Fc1), new ProjectionGroup(Fc2));
        _activation = Activations.Of(weights.Shape.Activation);
    }

    public LinearProjection Fc1 { get; }

    public LinearProjection Fc2 { get; }

    /// <summary>x [rows, positions, hidden] → the same shape.</summary>
    internal Tensor Forward(Tensor x, in ClipPass pass)
    {
        using var scope = NewDisposeScope();
        var activated = _activation(_up.Forward(x, pass.Returned)[0]); // [rows, positions, feedForward]
        return _down.Forward(activated, pass.Returned)[0].MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        Fc1.Dispose();
        Fc2.Dispose();
    }
}
