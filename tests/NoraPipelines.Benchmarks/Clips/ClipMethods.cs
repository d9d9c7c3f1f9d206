using NoraPipelines.Benchmarks.Steps;
using NoraPipelines.Methods;
using NoraPipelines.Plans;

namespace NoraPipelines.Benchmarks.Clips;

/// <summary>The adapters of few-shot steps, on q, k and v of both towers, and the operations of a step.</summary>
internal static class ClipMethods
{
    private const int Outer = 256;
    private const int Inner = 16;
    private const int Lora = 2;

    public static IReadOnlyList<StepMethod> All { get; } =
    [
        StepMethod.Frozen,
        new("nora 256/16", p => IsTarget(p.Name) ? new NoraAdapter(p.OutFeatures, p.InFeatures, Outer, Inner, Outer, 0, p.Dtype, p.Device) : null,
            (p, tokens) => 2 * tokens * (Outer * (p.In + p.Out) + 2 * Outer * Inner),
            (p, tokens) => 2 * tokens * Outer * p.In,
            (p, tokens) => 2 * tokens * (Outer * p.Out + 4 * Outer * Inner)),
        new("clip_lora 2", p => IsTarget(p.Name) ? new RsLoraAdapter(p.OutFeatures, p.InFeatures, Lora, 1, 0.25, p.Device) : null,
            (p, tokens) => 2 * tokens * Lora * (p.In + p.Out),
            (p, tokens) => 2 * tokens * Lora * p.In,
            (p, tokens) => 2 * tokens * Lora * (p.Out + p.Out + p.In)),
    ];

    /// <summary>As <see cref="StepFlops"/> counts a decoder's: forward, gradients of inputs and of what trains; the first layers' q, k and v need none of their input.</summary>
    public static double Flops(ClipShape shape, int rows, int classes, int tokens, StepMethod method)
    {
        var total = 2.0 * 3 * shape.PatchSize * shape.PatchSize * shape.Vision.HiddenSize * rows * (shape.Vision.Positions - 1); // patches, forward alone
        total += 3 * 4.0 * rows * shape.Vision.Positions * shape.Vision.Positions * shape.Vision.HiddenSize * shape.Vision.LayerCount; // q·kᵀ and ·v
        total += 3 * 2.0 * classes * tokens * tokens * shape.Text.HiddenSize * shape.Text.LayerCount; // the causal half
        foreach (var projection in shape.Projections)
        {
            var (isTarget, all) = (IsTarget(projection.Name), projection.Stack.Name == "vision" ? (double)rows * shape.Vision.Positions : classes * tokens);
            var weight = 2.0 * projection.In * projection.Out * all;
            total += projection.Layers * (weight + (isTarget ? method.Forward(projection, all) + method.Backward(projection, all) : 0));
            total += (projection.Layers - (isTarget ? 1 : 0)) * (weight + (isTarget ? method.InputGradient(projection, all) : 0));
        }
        return total;
    }

    private static bool IsTarget(string name) => name is "q_proj" or "k_proj" or "v_proj";
}
