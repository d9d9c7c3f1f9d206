namespace NoraPipelines.Plans;

/// <summary>The keys of one task.</summary>
public sealed class EvaluationKeys : DataSourceKeys
{
    internal EvaluationKeys(int index)
        : base($"evaluation.{index}", SplitPart.HeldOut, plan => plan.Evaluation[index].Data,
            (plan, data) => Replace(plan, index, plan.Evaluation[index] with { Data = data }))
    {
        var blank = new EvaluationPlan { Task = TaskProtocols.Blank, Data = new DataSourcePlan() };
        var part = new KeyPart<EvaluationPlan>($"evaluation.{index}", blank,
            plan => plan.Evaluation[index], (plan, evaluation) => Replace(plan, index, evaluation));
        Func<PipelinePlan, EvaluationPlan> of = plan => plan.Evaluation[index];

        Task = part.Key("task", Kind.Task, TaskProtocols.Sentence, evaluation => evaluation.Task, (evaluation, task) => evaluation with { Task = task }) with
        { Required = true, Default = null };
        Batch = part.Whole("batch", "Rows that go through the model at once.", evaluation => evaluation.Batch,
            (evaluation, rows) => evaluation with { Batch = rows }, minimum: 1) with
        { RunTime = true };
        Decoding = new DecodingKeys($"evaluation.{index}.decoding", Task, of, (plan, decoding) => Replace(plan, index, of(plan) with { Decoding = decoding }));
        MaxNewTokens = (part.Whole("max_new_tokens",
            $"Longest generated answer in tokens ({TaskProtocols.OwnMaxNewTokens(blank.MaxNewTokens)}); not for {TaskProtocols.NotAsked}.",
            evaluation => evaluation.MaxNewTokens, (evaluation, tokens) => evaluation with { MaxNewTokens = tokens }, minimum: 1) with
        {
            RunTime = true,
            LeftOut = plan => Replace(plan, index, of(plan) with { MaxNewTokens = of(plan).Task.MaxNewTokens }),
        })
            .WithNoEffect(Task, plan => of(plan).Task.Answer == AnswerKind.Loss ? $"task {of(plan).Task} generates no text"
                : of(plan).Task.Glue is not null ? Classifies
                : of(plan).Decoding.Kind == DecodingKind.Likelihood ? "likelihood writes no text" : null);
        Columns = Columns.WithNoEffect(Task, plan => of(plan).Task.Glue is not null ? Classifies : null)
            .WithNoEffect(null, plan => plan.Dataset.Template.Kind == TemplateKind.Custom && !of(plan).Task.IsAsked
                ? "the template names the columns itself" : null);
        Columns = Columns with
        {
            Keys = [.. Columns.Keys.Select(key => key.Name == "prompt" ? key.WithNoEffect(Task, plan =>
                plan.Dataset.Template is { Kind: TemplateKind.Custom, Prompt: { } prompt }
                && RowTemplate.Parse(prompt, out _) is { } template && template.Columns.Count() > 1
                    ? "the template's prompt names several columns and takes them by their names" : null) : key)],
        };
        Separator = Separator.WithNoEffect(Task, plan => of(plan).Task.Glue is not null ? Classifies : null);
        Section = SectionKey.Of($"evaluation.{index}", "One task: exactly one of `path`, `hub` and `generator`.",
            [Task, .. All, Batch, MaxNewTokens, Decoding.Section]) with
        { ExactlyOne = ExactlyOne };
    }

    private const string Classifies = "tasks of glue classify";

    internal SpecKey<TaskProtocol> Task { get; }

    public SpecKey<int> Batch { get; }

    public SpecKey<int> MaxNewTokens { get; }

    internal DecodingKeys Decoding { get; }

    internal SectionKey Section { get; }

    private static PipelinePlan Replace(PipelinePlan plan, int index, EvaluationPlan evaluation) => plan with
    {
        Evaluation = plan.Evaluation.Select((task, position) => position == index ? evaluation : task).ToEquatableArray(),
    };
}
