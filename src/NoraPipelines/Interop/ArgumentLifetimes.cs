using System.Reflection;
using TorchSharp;

namespace NoraPipelines.Interop;

/// <summary>
/// Whether the TorchSharp beside the program is the one that the build patched, whose methods keep their arguments alive until they return. Without
/// that, a garbage collection during a call frees the Scalar that libtorch is about to read.
/// </summary>
internal static class ArgumentLifetimes
{
    public static bool LastUntilReturn { get; } =
        typeof(torch.Tensor).GetMethod(nameof(torch.Tensor.abs), Type.EmptyTypes)!.MethodImplementationFlags.HasFlag(MethodImplAttributes.NoOptimization);
}
