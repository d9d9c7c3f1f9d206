using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>
/// The gradients that a function of ours handed to the engine, which has taken its own hold of them by the time the next function's turn
/// comes. Shared by the functions of one forward pass, so that a step holds the gradients of one and not of all.
/// </summary>
internal sealed class ReturnedGradients
{
    private IList<Tensor> _held = [];

    /// <summary>Lets go of the last ones and holds these, out of any dispose scope but the outermost of the backward pass.</summary>
    public void Replace(IList<Tensor> next)
    {
        foreach (var held in _held) held.Dispose();
        foreach (var tensor in next) tensor.MoveToOuterDisposeScope();
        _held = next;
    }
}
