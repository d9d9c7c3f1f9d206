using NoraPipelines.Methods;
using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>The projections of one x: q, k and v, gate and up, or one alone; as one <see cref="FrozenOuterProduct"/> where their adapters allow it.</summary>
internal sealed class ProjectionGroup(params LinearProjection[] projections)
{
    /// <summary>x [.., in] → [.., out] of each projection, in their order.</summary>
    /// <param name="returned">Null where no backward pass follows.</param>
    public IReadOnlyList<Tensor> Forward(Tensor x, ReturnedGradients? returned)
    {
        if (returned is null || !HaveCores()) return [.. projections.Select(projection => projection.Forward(x))];
        foreach (var projection in projections) projection.Observer?.Invoke(x);
        using var scope = NewDisposeScope();
        var outputs = FrozenOuterProduct.Run(x.reshape(-1, x.shape[^1]), projections, returned); // [n, out] each
        return [.. outputs.Select(output => output.view([.. x.shape[..^1], output.shape[1]]).MoveToOuterDisposeScope())];
    }

    /// <summary>Whether there are adapters here, and each of them is one matrix between A and B.</summary>
    private bool HaveCores()
    {
        var any = false;
        foreach (var projection in projections)
        {
            if (projection.Adapter is null) continue;
            if (projection.Adapter.Joint is null) return false;
            any = true;
        }
        return any;
    }
}
