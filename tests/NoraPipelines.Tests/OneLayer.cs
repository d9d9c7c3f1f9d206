using NoraPipelines.Plans;

namespace NoraPipelines.Tests;

/// <summary>The stack of a projection that is tested alone.</summary>
internal static class OneLayer
{
    public static LayerStack Stack { get; } = new("layers", "Layers", "model.layers.{0}", 1);
}
