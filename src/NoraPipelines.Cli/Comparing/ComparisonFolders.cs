using System.Globalization;

namespace NoraPipelines.Cli.Comparing;

/// <summary>
/// Where comparisons lie: runs/&lt;name&gt;/&lt;start time&gt; below the current directory, or the folder that --output names; in it
/// &lt;variant&gt;/&lt;seed&gt; is the folder of a run.
/// </summary>
internal static class ComparisonFolders
{
    public static string Run(string folder, string variant, int seed) =>
        Path.Combine(folder, variant, seed.ToString(CultureInfo.InvariantCulture));

    /// <summary>The folder of a new comparison.</summary>
    public static string New(string currentDirectory, string comparison, DateTime start)
    {
        var path = Path.Combine(currentDirectory, "runs", comparison, start.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture));
        var free = path;
        for (var copy = 2; Directory.Exists(free); copy++) free = $"{path}.{copy.ToString(CultureInfo.InvariantCulture)}";
        return free;
    }

    /// <summary>The newest unfinished comparison; the newest finished one where none is unfinished; null where there is neither.</summary>
    public static string? Newest(string currentDirectory, string comparison)
    {
        var found = Records(Path.Combine(currentDirectory, "runs", comparison))
            .OrderByDescending(each => each.Record.Number).ThenByDescending(each => each.Record.Started).ToArray();
        return found.Where(each => !IsFinished(each.Folder, each.Record)).Concat(found).Select(each => each.Folder).FirstOrDefault();
    }

    /// <summary>The number of a comparison that begins in a folder.</summary>
    public static int NextNumber(string folder) =>
        Records(Path.GetDirectoryName(folder)!).Select(each => each.Record.Number).DefaultIfEmpty().Max() + 1;

    private static IEnumerable<(string Folder, ComparisonRecord Record)> Records(string parent) => Directory.Exists(parent)
        ? Directory.GetDirectories(parent).Where(ComparisonRecord.IsIn).Select(folder => (folder, ComparisonRecord.Read(folder)))
        : [];

    private static bool IsFinished(string folder, ComparisonRecord record) =>
        record.Variants.All(variant => record.Seeds.All(seed => RunDirectory.At(Run(folder, variant.Name, seed)).IsFinished));
}
