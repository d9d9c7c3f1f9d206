namespace NoraPipelines.Runs;

/// <summary>The ranks that training left to each projection, for the report.</summary>
internal sealed class KeptRanksExport : IRunExport
{
    internal const string Stage = "ranks";

    public bool IsDue(ExportJob job) => Ranks(job) is not null;

    public void Write(ExportJob job)
    {
        var ranks = Ranks(job)!;
        job.Run.Stages.Write(Stage, ranks);
        job.Run.Say($"Training kept {ranks.Values.Min()} to {ranks.Values.Max()} ranks a projection.");
    }

    private static IReadOnlyDictionary<string, int>? Ranks(ExportJob job) => job.Adapters is { } adapters ? job.Method.KeptRanks(adapters) : null;
}
