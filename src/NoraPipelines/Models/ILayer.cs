using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>A layer whose forward pass needs what all layers share.</summary>
internal interface ILayer<TContext>
{
    /// <summary>x [rows, positions, hidden] → the same shape.</summary>
    Tensor Forward(Tensor x, in TContext context);
}
