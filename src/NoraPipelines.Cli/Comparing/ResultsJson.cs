using NoraPipelines.Runs.Folder;

namespace NoraPipelines.Cli.Comparing;

/// <summary>results.json: what `compare --json` prints, as <c>variants</c>, and every run behind it.</summary>
internal static class ResultsJson
{
    public static string Write(ComparisonResults results) => RunJson.Write(new Document(
        results.Record.Comparison, results.Record.Description, results.Record.Spec, results.IsFinished, results.Record.Seeds,
        results.Variants,
        [.. results.Runs.Select(run => new Row(run.Variant, run.Seed, ResultsCsv.Word(run.State), run.Error, run.Report))]));

    private sealed record Document(
        string Comparison, string Description, string Spec, bool Finished, IReadOnlyList<int> Seeds, IReadOnlyList<VariantResult> Variants,
        IReadOnlyList<Row> Runs);

    private sealed record Row(string Variant, int Seed, string Status, string? Error, RunReport? Result);
}
