namespace NoraPipelines.Cli.Comparing;

/// <summary>What `plan --json` prints for a sweep: each variant's plan, as `plan` prints it for a pipeline.</summary>
internal sealed record PlannedComparison(string Comparison, string Description, string Spec, IReadOnlyList<int> Seeds, IReadOnlyList<PlannedVariant> Variants)
{
    public static PlannedComparison Of(ComparisonRecord record) => new(record.Comparison, record.Description, record.Spec, record.Seeds,
        [.. record.Variants.Select(variant => new PlannedVariant(
            variant.Name, variant.Values.ToDictionary(value => value.Key, value => value.Value), variant.Summary))]);
}

/// <param name="Values">What it changes of the base spec.</param>
internal sealed record PlannedVariant(string Variant, IReadOnlyDictionary<string, string> Values, PlanSummary Plan);
