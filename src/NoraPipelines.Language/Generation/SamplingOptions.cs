namespace NoraPipelines.Generation;

/// <summary>How the next token is drawn. Applied in this order, as transformers does: temperature, top-k, top-p.</summary>
public sealed record SamplingOptions
{
    /// <summary>Logits are divided by it; above 0. Small values come close to greedy choice.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Draw only from this many of the most probable tokens; null: from all.</summary>
    public int? TopK { get; init; }

    /// <summary>Draw from the most probable tokens that together have this probability (Holtzman et al. 2020); in (0, 1].</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Fixes every draw: a row's text depends on this, its place in the list and its prompt alone.</summary>
    public long Seed { get; init; }

    /// <exception cref="NoraException">A value is out of its range.</exception>
    internal void Check()
    {
        if (!(Temperature > 0) || !double.IsFinite(Temperature))
            throw new NoraException($"The temperature is {Temperature}; it must be above 0. For the best token each time choose greedily.");
        if (TopK < 1) throw new NoraException($"top-k is {TopK}; it must be at least 1.");
        if (TopP is not (> 0 and <= 1)) throw new NoraException($"top-p is {TopP}; it must be above 0 and at most 1.");
    }
}
