using NoraPipelines.Plans;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Runs.Settings;

namespace NoraPipelines.Cli.Comparing;

/// <summary>
/// comparison.json: what is compared. It is written before the first run; everything else follows from it and the runs' folders.
/// </summary>
internal sealed record ComparisonRecord
{
    public required string Comparison { get; init; }

    public required string Description { get; init; }

    /// <summary>The spec's path in its project.</summary>
    public required string Spec { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>Later than that of every comparison beside it when it was started: by it the newest is found, whatever clocks say.</summary>
    public int Number { get; init; }

    public required IReadOnlyList<int> Seeds { get; init; }

    /// <summary>The variants that --only named; null: all that the spec has.</summary>
    public required IReadOnlyList<string>? Only { get; init; }

    public required IReadOnlyList<SettingValue> Settings { get; init; }

    public required IReadOnlyList<ComparedVariant> Variants { get; init; }

    public static string FileOf(string folder) => Path.Combine(folder, "comparison.json");

    public static bool IsIn(string folder) => File.Exists(FileOf(folder));

    /// <exception cref="NoraException">The file is damaged.</exception>
    public static ComparisonRecord Read(string folder) => RunJson.ReadChecked<ComparisonRecord>(FileOf(folder));

    public void Write(string folder) => RunJson.WriteChecked(FileOf(folder), this);

    /// <exception cref="NoraException">The folder holds a comparison of something else: going on would mix two.</exception>
    public void RefuseIfChanged(string folder, ComparisonRecord now)
    {
        var differences = Differences(now).ToArray();
        if (differences.Length == 0) return;
        throw new NoraException($"{folder}: this comparison was started with something else, and going on would mix the two: {Listing.Shown(differences, 8)}. "
            + "Give the same settings as then, or start a new comparison without --resume.");
    }

    private IEnumerable<string> Differences(ComparisonRecord now)
    {
        if (Comparison != now.Comparison) yield return $"comparison: {Comparison}, now {now.Comparison}";
        if (!Seeds.SequenceEqual(now.Seeds)) yield return $"seeds: {string.Join(", ", Seeds)}, now {string.Join(", ", now.Seeds)}";
        var (before, after) = (Variants.Select(variant => variant.Name).ToArray(), now.Variants.Select(variant => variant.Name).ToArray());
        if (!before.SequenceEqual(after)) yield return $"variants: {string.Join(", ", before)}, now {string.Join(", ", after)}";
        foreach (var variant in Variants)
        {
            if (now.Variants.FirstOrDefault(other => other.Name == variant.Name) is not { } same) continue;
            foreach (var difference in PlanDifference.Between(PlanRecord.Comparable(variant.Plan), PlanRecord.Comparable(same.Plan)))
                yield return $"{variant.Name}: {difference}";
        }
    }
}
