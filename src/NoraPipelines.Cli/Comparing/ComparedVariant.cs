using System.Text.Json.Nodes;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Runs.Settings;

namespace NoraPipelines.Cli.Comparing;

/// <summary>A variant as comparison.json keeps it: what it changes of the base spec, and what it does in all.</summary>
/// <param name="Plan">The effective plan; its equality is what allows a comparison to be resumed.</param>
internal sealed record ComparedVariant(string Name, string Pipeline, IReadOnlyList<SweptValue> Values, PlanSummary Summary, JsonObject Plan)
{
    public static ComparedVariant Of(Variant variant, RunSettings settings)
    {
        var record = PlanRecord.Of(variant.Pipeline, settings, 0);
        var values = variant.Values.Select(value => new SweptValue(value.Key, value.Value));
        return new(variant.Name, record.Pipeline, [.. values], record.Summary, record.Plan);
    }
}

/// <summary>A key that the sweep varies, and a variant's value of it, in the spec's words.</summary>
internal sealed record SweptValue(string Key, string Value);
