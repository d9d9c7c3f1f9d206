using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning.Rules;

/// <summary>Keys that the rest of the spec makes meaningless: nothing is accepted and ignored. Why is in the table of keys.</summary>
internal static class NoEffectRules
{
    public static void Check(PlanningContext context, PipelinePlan plan) => Check(context, plan, Keys.Root);

    private static void Check(PlanningContext context, PipelinePlan plan, SpecKey section)
    {
        var items = section.CountIn is { } count ? Enumerable.Range(0, count(plan)).Select(index => section.ItemAt!(index)) : [];
        foreach (var key in section.Keys.Concat(items).Where(context.Spec.Has))
        {
            if (Reason(context.Spec, plan, key) is { } reason)
                context.ReportKey("NORA107", key, $"'{key.Path}' has no effect: {reason}; remove it");
            else
                Check(context, plan, key);
        }
    }

    private static string? Reason(PipelineSpec spec, PipelinePlan plan, SpecKey key) => key.NoEffects
        .Where(rule => rule.On is null || spec.IsKnown(rule.On)).Select(rule => rule.Reason(plan)).FirstOrDefault(reason => reason is not null);
}
