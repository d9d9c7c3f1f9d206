using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning.Rules;

/// <summary>Keys of which exactly one is given, and files of the hub, which are named.</summary>
internal static class OneOfRules
{
    public static void Check(PlanningContext context, PipelinePlan plan)
    {
        ExactlyOne(context, plan, Keys.Root);
        NamesFile(context, Keys.Dataset.Train);
        for (var i = 0; i < plan.Evaluation.Count; i++) NamesFile(context, Keys.Evaluation(i));
    }

    /// <summary>A repository holds many files: one is named, or a split.</summary>
    private static void NamesFile(PlanningContext context, DataSourceKeys keys)
    {
        var spec = context.Spec;
        if (spec.Has(keys.Hub) && !spec.Has(keys.File) && !spec.Has(keys.Split.Name) && !spec.TryGet(keys.Split.Section, out _))
            context.ReportKey("NORA101", keys.Hub,
                $"{keys.Hub.Path} names a repository but no file of it; give file, such as data/train.jsonl, or split: train for all files of that split");
    }

    private static void ExactlyOne(PlanningContext context, PipelinePlan plan, SpecKey section)
    {
        var (spec, keys) = (context.Spec, section.ExactlyOne);
        // A key with several forms has these only as a mapping.
        if (keys.Count > 0 && spec.Has(section) && (section is SectionKey || spec.Mapping(section) is not null))
        {
            var (given, names) = (keys.Where(spec.Has).ToList(), string.Join(", ", keys.Select(key => key.Name)));
            if (given.Count == 0) context.ReportKey("NORA101", section, $"{section.Path} has none of {names}; give exactly one");
            foreach (var key in given.Skip(1))
                context.ReportKey("NORA101", key, $"{section.Path} has both {given[0].Name} and {key.Name}; give exactly one of {names}");
        }
        var items = section.CountIn is { } count ? Enumerable.Range(0, count(plan)).Select(index => section.ItemAt!(index)) : [];
        foreach (var child in section.Keys.Concat(items)) ExactlyOne(context, plan, child);
    }
}
