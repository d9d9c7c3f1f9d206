using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning.Rules;

/// <summary>Items that are listed twice.</summary>
internal static class DuplicateRules
{
    public static void Check(PlanningContext context)
    {
        foreach (var list in Keys.Root.AllWithin().Where(key => key.Distinct)) Check(context, list);
    }

    private static void Check(PlanningContext context, SpecKey list)
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < context.Spec.Count(list); i++)
        {
            var key = list.ItemAt!(i);
            if (context.Spec.Written(key) is { } item && !seen.Add(item))
                context.Report("NORA121", key.Path, $"'{item}' is listed twice; remove one of the two");
        }
    }
}
