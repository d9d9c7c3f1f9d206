using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Benchmarks.Steps;

/// <summary>One way to train a step, on all seven projections: its adapter and the operations that it adds to each.</summary>
/// <param name="Forward">Operations of the adapter's forward pass on a number of tokens.</param>
/// <param name="InputGradient">Of the gradient of its input.</param>
/// <param name="Backward">Of the rest of its backward pass.</param>
internal sealed record StepMethod(
    string Name, Func<LinearProjection, Adapter?> Adapter, Func<ProjectionShape, double, double> Forward,
    Func<ProjectionShape, double, double> InputGradient, Func<ProjectionShape, double, double> Backward)
{
    private const int Rank = 64;
    private const int Inner = 32;

    /// <summary>The floor: forward and input gradients of the frozen model, from the first layer's projections on.</summary>
    public static readonly StepMethod Frozen = new(
        "frozen", p => p is { Layer: 0, Name: "q_proj" or "k_proj" or "v_proj" } ? new GradientStart(p) : null, None, None, None);

    public static readonly StepMethod Nora = new(
        "nora", p => new NoraAdapter(p.OutFeatures, p.InFeatures, Rank, Inner, Rank, 0, p.Weight.dtype, p.Weight.device),
        (p, tokens) => 2 * tokens * (Rank * (p.In + p.Out) + 2 * Rank * Inner),
        (p, tokens) => 2 * tokens * Rank * p.In,
        (p, tokens) => 2 * tokens * (Rank * p.Out + 4 * Rank * Inner));

    public static readonly StepMethod Lora = new(
        "lora", p => new LoraAdapter(p.OutFeatures, p.InFeatures, Rank, Rank, 0, p.Weight.device),
        (p, tokens) => 2 * tokens * Rank * (p.In + p.Out),
        (p, tokens) => 2 * tokens * Rank * p.In,
        (p, tokens) => 2 * tokens * Rank * (p.Out + p.Out + p.In));

    public static readonly StepMethod LoraXs = new(
        "lora_xs", p => new LoraXsAdapter(p.OutFeatures, p.InFeatures, Rank, Rank, 0, p.Weight.dtype, p.Weight.device),
        (p, tokens) => 2 * tokens * (Rank * (p.In + p.Out) + Rank * Rank),
        (p, tokens) => 2 * tokens * Rank * p.In,
        (p, tokens) => 2 * tokens * (Rank * p.Out + 2 * Rank * Rank));

    /// <summary>As LoRA, and the product B·A for the norms of the rows, once a step.</summary>
    public static readonly StepMethod Dora = new(
        "dora", p => new DoraAdapter(p, Rank, Rank, 0),
        (p, tokens) => Lora.Forward(p, tokens) + 2.0 * Rank * p.In * p.Out,
        Lora.InputGradient, Lora.Backward);

    public static readonly IReadOnlyList<StepMethod> All = [Frozen, Nora, Lora, LoraXs, Dora];

    /// <summary>As a spec has it; its targets are for the user of this to say.</summary>
    /// <exception cref="InvalidOperationException">The frozen model has none.</exception>
    public AdapterPlan Plan => Name switch
    {
        "nora" => new NoraPlan { OuterRank = Rank, InnerRank = Inner, Alpha = Rank },
        "lora" => new LoraPlan { Rank = Rank, Alpha = Rank },
        "lora_xs" => new LoraXsPlan { Rank = Rank, Alpha = Rank },
        "dora" => new DoraPlan { Rank = Rank, Alpha = Rank },
        _ => throw new InvalidOperationException($"'{Name}' is no method of a spec."),
    };

    /// <summary>The adapters with random factors, placed on no projection yet.</summary>
    public IReadOnlyList<PlacedAdapter> Make(IAdaptableModel model)
    {
        var placed = new List<PlacedAdapter>();
        using var noGradient = no_grad();
        foreach (var projection in model.Projections)
        {
            if (Adapter(projection) is not { } adapter) continue;
            foreach (var (name, value) in adapter.Trainable.Concat(adapter.Frozen))
            {
                if (name == "magnitude") value.fill_(1);
                else value.normal_(0, 0.02);
            }
            placed.Add(new PlacedAdapter(projection, adapter));
        }
        return placed;
    }

    private static double None(ProjectionShape projection, double tokens) => 0;

    /// <summary>Where the backward pass of a frozen model ends: the output begins a graph of its own.</summary>
    private sealed class GradientStart(LinearProjection projection) : Adapter(projection.OutFeatures, projection.InFeatures, 0)
    {
        public override string Method => "frozen";

        public override IReadOnlyList<NamedTensor> Trainable => [];

        public override IReadOnlyList<NamedTensor> Frozen => [];

        public override Tensor Forward(Tensor x, Tensor output) => output.detach().requires_grad_(true);

        public override LowRankFactors? Fold() => null;
    }
}
