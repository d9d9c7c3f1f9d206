using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>The projections of one x: q, k and v, gate and up, or one alone; as one <see cref="IJointProduct"/> where their adapters have the same.</summary>
internal sealed class ProjectionGroup(params LinearProjection[] projections)
{
    /// <summary>x [.., in] → [.., out] of each projection, in their order.</summary>
    /// <param name="returned">Null where no backward pass follows.</param>
    public IReadOnlyList<Tensor> Forward(Tensor x, ReturnedGradients? returned)
    {
        if (returned is null || Joint() is not { } joint) return [.. projections.Select(projection => projection.Forward(x))];
        foreach (var projection in projections) projection.Observer?.Invoke(x);
        using var scope = NewDisposeScope();
        var outputs = joint.Run(x.reshape(-1, x.shape[^1]), projections, returned); // [n, out] each
        return [.. outputs.Select(output => output.view([.. x.shape[..^1], output.shape[1]]).MoveToOuterDisposeScope())];
    }

    /// <summary>The product that all adapters here share; null where there are none, or one of them runs alone.</summary>
    private IJointProduct? Joint()
    {
        IJointProduct? shared = null;
        foreach (var projection in projections)
        {
            if (projection.Adapter is not { } adapter) continue;
            if (adapter.Joint is not { } joint || (shared is not null && joint != shared)) return null;
            shared = joint;
        }
        return shared;
    }
}
