namespace NoraPipelines.Export;

/// <summary>A written adapter.</summary>
/// <param name="Folder">Full path.</param>
/// <param name="Rank">The one rank of all its factors.</param>
/// <param name="Modules">Adapted projections.</param>
public sealed record PeftExportResult(string Folder, int Rank, int Modules)
{
    // vllm/config/lora.py: MaxLoRARanks. The default is 16.
    private static readonly int[] VllmRanks = [8, 16, 32, 64, 128, 256, 320, 512];

    /// <summary>The --max-lora-rank that vLLM must be started with; null where the rank is beyond its largest.</summary>
    public int? VllmMaxLoraRank => VllmRankFor(Rank);

    /// <summary>A sentence on serving.</summary>
    public string ServingHint => VllmMaxLoraRank is { } rank
        ? $"The adapter has rank {Rank}: start vLLM with --enable-lora --max-lora-rank {rank} (its default is 16)."
        : $"The adapter has rank {Rank}, above the {LargestVllmRank} that vLLM serves: merge it into the model instead.";

    internal static int LargestVllmRank => VllmRanks[^1];

    /// <summary>As <see cref="VllmMaxLoraRank"/>.</summary>
    internal static int? VllmRankFor(int rank) => VllmRanks.Cast<int?>().FirstOrDefault(allowed => allowed >= rank);
}
