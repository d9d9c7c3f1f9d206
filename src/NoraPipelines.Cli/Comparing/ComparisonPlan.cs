using NoraPipelines.Cli.CommandLine;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Settings;

namespace NoraPipelines.Cli.Comparing;

/// <summary>What will be compared, checked before anything is run.</summary>
/// <param name="Variants">Those that were asked for, in the spec's order.</param>
internal sealed record ComparisonPlan(ComparisonRecord Record, IReadOnlyList<Variant> Variants)
{
    private static readonly string SeedsKey = Keys.Training.Seeds.Path;

    /// <param name="earlier">The comparison that is gone on with: it says what was not asked for again. Null: a new one.</param>
    /// <exception cref="UsageException">A variant or seed that there is not; a setting that is wrong, or that the sweep varies.</exception>
    public static ComparisonPlan Of(Comparison comparison, CommandContext context, CompareRequest request, ComparisonRecord? earlier)
    {
        CheckNames(comparison);
        var only = request.Only ?? earlier?.Only;
        var variants = Chosen(comparison, request.Only is null ? Still(comparison, only) : only);
        Pipeline[] all = [.. comparison.Variants.Select(variant => variant.Pipeline)];
        var settings = variants.Select(variant => context.Settings(variant.Pipeline, request.Assignments, beside: all)).ToArray();
        SettingValue[] given = [.. settings.SelectMany(each => each.Given).Distinct()];
        foreach (var value in given)
        {
            if (variants.Any(variant => variant.Values.Any(swept => swept.Key.Equals(value.Key, StringComparison.OrdinalIgnoreCase))))
                throw new UsageException($"{value.Key} (from {value.Source}) is what the sweep of {comparison.Name} varies; "
                    + "set for all, it would make its variants "
                    + $"the same. Leave it out, choose among the variants with --only, or change {comparison.SpecFile} and build again.");
        }
        var seedsGiven = given.Any(value => value.Key.Equals(SeedsKey, StringComparison.OrdinalIgnoreCase));
        var record = new ComparisonRecord
        {
            Comparison = comparison.Name,
            Description = comparison.Description,
            Spec = comparison.SpecFile,
            Started = DateTimeOffset.UtcNow,
            Seeds = request.Seeds ?? (seedsGiven ? null : earlier?.Seeds) ?? [.. settings[0].Plan.Training.Seeds],
            Only = only,
            Settings = given,
            Variants = [.. variants.Zip(settings, ComparedVariant.Of)],
        };
        return new(record, variants);
    }

    private static IReadOnlyList<Variant> Chosen(Comparison comparison, IReadOnlyList<string>? only)
    {
        if (only is null) return comparison.Variants;
        var names = comparison.Variants.Select(variant => variant.Name).ToArray();
        if (only.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
            throw new UsageException($"--only {unknown}: {comparison.Name} has no variant of that name{DidYouMean.Hint(unknown, names)}. "
                + $"It has: {string.Join(", ", names)}.");
        return [.. comparison.Variants.Where(variant => only.Contains(variant.Name))];
    }

    /// <summary>Those of an earlier choice that there still are: what is gone is told as a difference.</summary>
    private static string[]? Still(Comparison comparison, IReadOnlyList<string>? only) =>
        only?.Where(name => comparison.Variants.Any(variant => variant.Name == name)).ToArray() is { Length: > 0 } still ? still : null;

    /// <summary>A variant's name is a folder's.</summary>
    private static void CheckNames(Comparison comparison)
    {
        var (names, spec) = (comparison.Variants.Select(variant => variant.Name).ToArray(), comparison.SpecFile);
        if (names.Length == 0) throw new NoraException($"{spec}: the sweep of {comparison.Name} has no variants. Expected at least one.");
        if (names.FirstOrDefault(name => !IsFolder(name)) is { } wrong)
            throw new NoraException($"{spec}: the variant '{wrong}' has a name that no folder can have. "
                + "Expected letters, digits, '-', '_', '.', '+' and '=', not beginning with '.', 100 of them at most.");
        if (names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new NoraException($"{spec}: two variants are called '{twice.Key}', and their folders would be one. "
                + "Give one of them another name.");
        if (comparison.Variants.Any(variant => variant.Values.Any(value => value.Key == SeedsKey)))
            throw new NoraException($"{spec}: the sweep varies {SeedsKey}, and every variant is run with all seeds. Take the axis away.");
    }

    private static bool IsFolder(string name) => name.Length is > 0 and <= 100 && name[0] != '.'
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '+' or '=');
}
