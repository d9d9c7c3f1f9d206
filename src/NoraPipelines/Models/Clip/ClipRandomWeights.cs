using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Clip;

/// <summary>Weights to train from nothing: norms scale by one, biases are zero, and matrices are drawn as OpenAI's clip/model.py does.</summary>
internal sealed class ClipRandomWeights(ClipShape shape, int seed, ScalarType dtype, Device device)
{
    /// <summary>Each tensor from its own name, so that none depends on another.</summary>
    public Tensor Draw(string name, long[] dimensions)
    {
        using var scope = NewDisposeScope();
        return InFloat32(name, dimensions).to(dtype, device).MoveToOuterDisposeScope();
    }

    private Tensor InFloat32(string name, long[] dimensions)
    {
        if (name == ClipNames.LogitScale) return tensor(MathF.Log(1 / 0.07f));
        if (name.EndsWith(".bias", StringComparison.Ordinal)) return zeros(dimensions);
        if (dimensions.Length == 1 && name != ClipNames.Class) return ones(dimensions); // norms
        using var generator = new Generator((ulong)Seeds.Mix(seed, name), CPU);
        return randn(dimensions, generator: generator).mul_(Deviation(name));
    }

    private double Deviation(string name)
    {
        var tower = name.StartsWith("text", StringComparison.Ordinal) ? shape.Text : shape.Vision;
        var width = Math.Pow(tower.HiddenSize, -0.5);
        return name switch
        {
            ClipNames.Words => 0.02,
            ClipNames.TextPositions => 0.01,
            _ when name.EndsWith("out_proj.weight", StringComparison.Ordinal) || name.EndsWith("fc2.weight", StringComparison.Ordinal) =>
                width * Math.Pow(2 * tower.LayerCount, -0.5),
            _ when name.EndsWith("fc1.weight", StringComparison.Ordinal) => Math.Pow(2 * tower.HiddenSize, -0.5),
            _ => width,
        };
    }
}
