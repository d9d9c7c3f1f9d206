namespace NoraPipelines.Generator.Planning.Rules;

/// <summary>Items that are listed twice.</summary>
internal static class DuplicateRules
{
    public static void Check(PlanningContext context)
    {
        var spec = context.Spec;
        Check(context, "adapter.targets", path => spec.Text(path)?.Value);
        Check(context, "adapter.layers", path => spec.Whole(path)?.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static void Check(PlanningContext context, string list, Func<string, string?> value)
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < context.Spec.Count(list); i++)
        {
            if (value($"{list}.{i}") is { } item && !seen.Add(item))
                context.Report("NORA121", $"{list}.{i}", $"'{item}' is listed twice; remove one of the two");
        }
    }
}
