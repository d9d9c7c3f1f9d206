namespace NoraPipelines.Generator.Planning.Rules;

/// <summary>Keys of which exactly one is given.</summary>
internal static class OneOfRules
{
    public static void Check(PlanningContext context)
    {
        ExactlyOne(context, "model", "preset", "config", "shape");
        ExactlyOne(context, "model.source", "path", "random", "hub");
        ExactlyOne(context, "dataset.train", "path", "hub", "generator");
        HubNamesFile(context, "dataset.train");
        for (var i = 0; i < context.Spec.Count("evaluation"); i++) HubNamesFile(context, $"evaluation.{i}");
        ExactlyOne(context, "training", "epochs", "steps");
        if (context.Spec.Mapping("adapter.layers") is not null) ExactlyOne(context, "adapter.layers", "first", "last");
        for (var i = 0; i < context.Spec.Count("evaluation"); i++) ExactlyOne(context, $"evaluation.{i}", "path", "hub", "generator");
    }

    /// <summary>A repository holds many files: one is named, or a split.</summary>
    private static void HubNamesFile(PlanningContext context, string section)
    {
        var (spec, split) = (context.Spec, context.Spec.Text(section + ".split") is not null ? ".split" : ".split.name");
        if (spec.Has(section + ".hub") && !spec.Has(section + ".file") && !spec.Has(section + split))
            context.ReportKey("NORA101", section + ".hub",
                $"{section}.hub names a repository but no file of it; give file, such as data/train.jsonl, or split: train for all files of that "
                    + "split");
        if (!spec.Has(section + ".hub"))
            NoEffectRules.Idle(context, "only data sets of the hub have published splits; rows are held out with split: { held_out: 0.1 }",
                section + split);
        else if (spec.Has(section + ".file"))
            NoEffectRules.Idle(context, "file names the file", section + split);
    }

    private static void ExactlyOne(PlanningContext context, string section, params string[] keys)
    {
        if (!context.Spec.Has(section)) return;
        var given = keys.Where(key => context.Spec.Has($"{section}.{key}")).ToList();
        if (given.Count == 0)
            context.ReportKey("NORA101", section, $"{section} has none of {string.Join(", ", keys)}; give exactly one");
        foreach (var key in given.Skip(1))
            context.ReportKey("NORA101", $"{section}.{key}",
                $"{section} has both {given[0]} and {key}; give exactly one of {string.Join(", ", keys)}");
    }
}
