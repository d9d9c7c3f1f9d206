namespace NoraPipelines.Plans;

/// <summary>The columns and classes of each task of GLUE, in the order of the `glue` data set on the hub (datasets, glue.py).</summary>
public static class GlueTasks
{
    private static readonly EquatableArray<string> Entailment = EquatableArray.Of("entailment", "not_entailment");

    public static ClassificationTask Of(GlueTask task) => task switch
    {
        GlueTask.Cola => One(EquatableArray.Of("unacceptable", "acceptable")),
        GlueTask.Sst2 => One(EquatableArray.Of("negative", "positive")),
        GlueTask.Mrpc => Two("#1 String", "#2 String", EquatableArray.Of("not_equivalent", "equivalent"), "Quality"),
        GlueTask.Stsb => Two("sentence1", "sentence2", default, "score"),
        GlueTask.Qqp => Two("question1", "question2", EquatableArray.Of("not_duplicate", "duplicate"), "is_duplicate"),
        GlueTask.Mnli => Two("premise", "hypothesis", EquatableArray.Of("entailment", "neutral", "contradiction"), "gold_label"),
        GlueTask.Qnli => Two("question", "sentence", Entailment),
        GlueTask.Rte => Two("sentence1", "sentence2", Entailment),
        GlueTask.Wnli => Two("sentence1", "sentence2", EquatableArray.Of("not_entailment", "entailment")),
        _ => throw new ArgumentOutOfRangeException(nameof(task), task, "is no task of GLUE"),
    };

    /// <summary>What stands before the task's name in a spec.</summary>
    internal const string Prefix = "glue/";

    private static ClassificationTask One(EquatableArray<string> classes) =>
        new() { First = EquatableArray.Of("sentence"), Classes = classes };

    private static ClassificationTask Two(string first, string second, EquatableArray<string> classes, string? label = null) => new()
    {
        First = EquatableArray.Of(new[] { first, "sentence1" }.Distinct().ToArray()),
        Second = EquatableArray.Of(new[] { second, "sentence2" }.Distinct().ToArray()),
        Label = label is null ? EquatableArray.Of("label") : EquatableArray.Of(label, "label"),
        Classes = classes,
    };
}
