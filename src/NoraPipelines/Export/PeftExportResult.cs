namespace NoraPipelines.Export;

/// <summary>A written adapter.</summary>
/// <param name="Folder">Full path.</param>
/// <param name="Rank">The one rank of all its factors.</param>
/// <param name="Modules">Adapted projections.</param>
public sealed record PeftExportResult(string Folder, int Rank, int Modules)
{
    private const int VllmDefault = 16;

    // vllm/config/lora.py: MaxLoRARanks.
    private static readonly int[] VllmRanks = [8, 16, 32, 64, 128, 256, 320, 512];

    /// <summary>The --max-lora-rank that vLLM must be started with; null where the rank is beyond its largest.</summary>
    public int? VllmMaxLoraRank => VllmRankFor(Rank);

    /// <summary>A sentence on serving; null where vLLM's default serves.</summary>
    public string? ServingHint => VllmMaxLoraRank is { } rank
        ? rank <= VllmDefault ? null
            : $"The adapter has rank {Rank}: start vLLM with --enable-lora{VllmOption(Rank)} (its default is {VllmDefault})."
        : $"The adapter has rank {Rank}, above the {LargestVllmRank} that vLLM serves: merge it into the model instead.";

    /// <summary>What vLLM's command line needs beside --enable-lora for adapters of a rank that it serves.</summary>
    internal static string VllmOption(int rank) => VllmRankFor(rank) is > VllmDefault and var allowed ? $" --max-lora-rank {allowed}" : "";

    internal static int LargestVllmRank => VllmRanks[^1];

    /// <summary>As <see cref="VllmMaxLoraRank"/>.</summary>
    internal static int? VllmRankFor(int rank) => VllmRanks.Cast<int?>().FirstOrDefault(allowed => allowed >= rank);
}
