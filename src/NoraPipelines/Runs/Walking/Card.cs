using NoraPipelines.Plans;

namespace NoraPipelines.Runs.Walking;

/// <summary>A GPU by its data sheet (docs/performance.md has the sources).</summary>
/// <param name="Products">Operations a second of dense products in bfloat16, added up in float32.</param>
/// <param name="WideProducts">Of products in float32, without TF32.</param>
/// <param name="Bandwidth">Bytes a second of its memory.</param>
/// <param name="Memory">Bytes.</param>
internal sealed record Card(string Name, string Title, double Products, double WideProducts, double Bandwidth, long Memory)
{
    public static IReadOnlyList<Card> All { get; } =
    [
        new("h100", "H100 SXM 80 GB", 989e12, 67e12, 3.35e12, 80_000_000_000),
        new("a100", "A100 SXM 80 GB", 312e12, 19.5e12, 2.039e12, 80_000_000_000),
        new("l40s", "L40S 48 GB", 362e12, 91.6e12, 0.864e12, 48_000_000_000),
        new("rtx4090", "GeForce RTX 4090 24 GB", 165.2e12, 82.6e12, 1.008e12, 24_000_000_000),
    ];

    /// <exception cref="UsageException">There is none of that name.</exception>
    public static Card Of(string name)
    {
        var names = All.Select(card => card.Name).ToArray();
        return All.FirstOrDefault(card => card.Name == name)
            ?? throw new UsageException($"--card {name}: expected {Listing.Or(names)}{DidYouMean.Hint(name, names)}.");
    }

    /// <summary>Seconds of an operator at least: its operations or its bytes at the card's rate, whichever takes longer.</summary>
    public double Seconds(OperatorCost cost) => Math.Max(cost.Operations / (cost.Wide ? WideProducts : Products), cost.Bytes / Bandwidth);
}
