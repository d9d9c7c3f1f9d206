using System.Globalization;

namespace NoraPipelines.Plans;

/// <summary>
/// Every key of a spec. This table is the language: what is not in it is refused, and docs/nora-pipeline.schema.json and docs/spec.md are written from it.
/// A section's keys are in a file of their own; those of a method are in the method's folder.
/// </summary>
public static partial class Keys
{
    internal static SpecKey<string> Pipeline { get; } =
        new("pipeline", Kind.Text, "The pipeline's name on the command line; its class has the same name in Pascal case.")
        {
            Required = true,
            Pattern = ("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "lower-case words of letters and digits, joined by hyphens, such as llama3-8b-metamath"),
        };

    internal static SpecKey<string> Description { get; } = new("description", Kind.Text, "One line for `list` and the report.")
    {
        Default = "",
        MayBeBlank = Blank.Nothing,
        Get = plan => plan.Description,
        Set = (plan, text) => plan with { Description = text },
    };

    /// <summary>Made at first use, when all sections are there.</summary>
    private static readonly Lazy<SectionKey> Table = new(() => SectionKey.Of(
        "", "One pipeline: which model, what is trained on it, on which data, for how long, and how it is scored.",
        Pipeline, Description, Model.Section, Adapter.Section, Calibration.Section, Dataset.Section, Training.Section, Evaluations, Export.Section, Sweep.Section));

    /// <summary>The spec as a whole.</summary>
    internal static SpecKey Root => Table.Value;

    /// <summary>The keys of a task, by its place in `evaluation`.</summary>
    public static EvaluationKeys Evaluation(int index) => new(index);

    internal static SectionKey Evaluations => new("evaluation", ValueKinds.List, "Tasks that are scored before and after training.")
    {
        Minimum = 0,
        ItemAt = index => Evaluation(index).Section,
        CountIn = plan => plan.Evaluation.Count,
    };

    /// <summary>The key at a path such as adapter.outer.rank or evaluation.0.task; null if there is none.</summary>
    internal static SpecKey? Find(string path, StringComparison comparison = StringComparison.Ordinal)
    {
        SpecKey? key = Root;
        foreach (var part in path.Split('.'))
        {
            key = key?.ItemAt is { } item && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                ? item(index) : key?.Find(part, comparison);
        }
        return key;
    }

    /// <summary>A key and the sections that it is in, the outermost first.</summary>
    internal static IEnumerable<SpecKey> OnTheWay(SpecKey key)
    {
        for (var dot = key.Path.IndexOf('.'); dot >= 0; dot = key.Path.IndexOf('.', dot + 1))
            if (Find(key.Path.Substring(0, dot)) is { } section) yield return section;
        yield return key;
    }

    /// <summary>Every key by its path, items of lists left out.</summary>
    internal static IEnumerable<string> Paths => Within(Root);

    /// <summary>The keys that a run may set, as many of each list's items as the plan has.</summary>
    internal static IEnumerable<SpecKey> RunTime(PipelinePlan plan) => RunTime(Root, plan);

    private static IEnumerable<SpecKey> RunTime(SpecKey key, PipelinePlan plan)
    {
        if (key.RunTime) yield return key;
        var items = key.CountIn is { } count ? Enumerable.Range(0, count(plan)).Select(index => key.ItemAt!(index)) : [];
        foreach (var child in key.Keys.Concat(items).SelectMany(child => RunTime(child, plan))) yield return child;
    }

    private static IEnumerable<string> Within(SpecKey section) =>
        section.Keys.SelectMany(key => Within(key).Prepend(key.Path));
}
