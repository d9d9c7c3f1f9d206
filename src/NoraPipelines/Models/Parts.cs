namespace NoraPipelines.Models;

/// <summary>Names of the parts that a traced step is told by.</summary>
internal static class Parts
{
    public const string Embedding = "embedding";
    public const string Attention = "attention";
    public const string FeedForward = "feed-forward";
    public const string Norms = "norms";
    public const string Residuals = "residual sums, positions, masks";
    public const string Loss = "head and loss";
    public const string Optimizer = "clipping and optimizer";

    /// <summary>In the order of a step.</summary>
    public static IReadOnlyList<string> All { get; } = [Embedding, Norms, Attention, FeedForward, Residuals, Loss, Optimizer];
}
