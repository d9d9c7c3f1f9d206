namespace NoraPipelines.Plans;

public static partial class Keys
{
    /// <summary>The training data and how it becomes tokens.</summary>
    public static class Dataset
    {
        private static readonly KeyPart<DatasetPlan> Part = new(
            "dataset", new DatasetPlan { Train = new DataSourcePlan(), Template = new TemplatePlan(TemplateKind.Plain) },
            plan => plan.Dataset, (plan, dataset) => plan with { Dataset = dataset });

        public static readonly DataSourceKeys Train = new TrainingRows();

        internal static readonly SpecKey<string?> Prompt = Part.In("dataset.template").TextOrNone(
            "prompt", "What stands before the response, such as \"Question: {question}\\nAnswer:\"; left out: nothing.",
            dataset => dataset.Template.Prompt,
            (dataset, text) => dataset with { Template = new TemplatePlan(TemplateKind.Custom, text, dataset.Template.Response) });

        internal static readonly SpecKey<string?> Response = Part.In("dataset.template").TextOrNone(
            "response", "What is learnt, such as \" {answer}\"; the end token follows.",
            dataset => dataset.Template.Response,
            (dataset, text) => dataset with { Template = new TemplatePlan(TemplateKind.Custom, dataset.Template.Prompt, text) }) with
        { Required = true };

        internal static readonly SpecKey<TemplateKind> Template = Part.Choice(
            "template", "How a row is written out as text: a named template, or { prompt, response } with {column} in the texts.",
            dataset => dataset.Template.Kind, (dataset, kind) => dataset with { Template = new TemplatePlan(kind) }) with
        {
            Kinds = ValueKinds.Text | ValueKinds.Mapping,
            Required = true,
            Default = null,
            Words = Plans.Words.All<TemplateKind>().Where(word => word != Plans.Words.Of(TemplateKind.Custom)).ToEquatableArray(),
            Keys = [Prompt, Response],
        };

        internal static readonly SpecKey<GlueTask?> Task = Part.ChoiceOrNone<GlueTask>("task", "For template glue: the task that the model's head learns.",
                dataset => dataset.Task, (dataset, task) => dataset with { Task = task })
            .WithNoEffect(null, plan => plan.Dataset.Template.Kind == TemplateKind.Glue ? null : "only template glue has tasks");

        internal static readonly SpecKey<int> MaxTokens = Part.Whole("max_tokens", "Longest example in tokens; what is longer is cut at its end.",
            dataset => dataset.MaxTokens, (dataset, tokens) => dataset with { MaxTokens = tokens }, minimum: 2, maximum: 1 << 24);

        internal static readonly SpecKey<bool> Packing = Part.Switch("packing",
                "Whether the examples of a step share rows of at most max_tokens, each attending to itself alone; same loss, less padding.",
                dataset => dataset.Packing, (dataset, packs) => dataset with { Packing = packs })
            .WithNoEffect(Training.Batch, plan => plan.Dataset.Packing && plan.Training.Batch == 1
                ? "the examples of a step share rows, and a step has one example (training.batch)" : null);

        internal static readonly SpecKey<LossOn> LossOn = Part.Choice("loss_on", "Which tokens are learnt: the response (with the end token), or all.",
                dataset => dataset.LossOn, (dataset, on) => dataset with { LossOn = on })
            .WithNoEffect(null, LearnsLabels);

        internal static SectionKey Section { get; } = SectionKey.Of("dataset", "The training data and how it becomes tokens.",
            SectionKey.Of("dataset.train", "The training rows: exactly one of `path`, `hub` and `generator`.", Train.All) with
            { Required = true, ExactlyOne = Train.ExactlyOne },
            Template, Task, MaxTokens, Packing, LossOn) with
        { Required = true };

        private static string? LearnsLabels(PipelinePlan plan) =>
            plan.Dataset.Template.Kind == TemplateKind.Glue ? "template glue learns the label of a row" : null;

        private sealed class TrainingRows : DataSourceKeys
        {
            public TrainingRows()
                : base("dataset.train", SplitPart.Train, plan => plan.Dataset.Train, (plan, rows) => plan with { Dataset = plan.Dataset with { Train = rows } })
            {
                Columns = Columns.WithNoEffect(null, LearnsLabels)
                    .WithNoEffect(null, plan => plan.Dataset.Template.Kind == TemplateKind.Custom ? "the template names the columns itself" : null);
                Separator = Separator.WithNoEffect(null, LearnsLabels);
            }
        }
    }
}
