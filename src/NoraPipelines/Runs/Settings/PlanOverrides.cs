using NoraPipelines.Plans;
using static NoraPipelines.Runs.Settings.ValueRules;

namespace NoraPipelines.Runs.Settings;

/// <summary>
/// The closed table of what may be changed at run time. Everything else shapes the generated program and is fixed when it is
/// built: <see cref="BuildTimeKeys"/>.
/// </summary>
internal static class PlanOverrides
{
    /// <summary>The keys that <paramref name="plan"/> lets a run change.</summary>
    public static IReadOnlyList<PlanOverride> Of(PipelinePlan plan) =>
    [
        .. Model, .. DataSource("dataset.train", static plan => plan.Dataset.Train, static (plan, data) => plan with { Dataset = plan.Dataset with { Train = data } }),
        .. Training,
        new("adapter.start.path", Text, static (plan, value) =>
            plan with { Adapter = plan.Adapter with { Start = (string)value! } },
            static plan => plan.Adapter.Start is not null ? null : "its adapter starts anew")
        { IsPath = true },
        new("adapter.inner.std", Number("a number above 0", static value => value > 0), static (plan, value) =>
            plan with { Adapter = (NoraPlan)plan.Adapter with { InnerStd = (double)value! } },
            static plan => plan.Adapter is NoraPlan { InnerInit: InnerInitialization.Normal, Start: null } ? null : "its adapter draws no normal inner start"),
        new("adapter.rank_at", WholeNumber(1), static (plan, value) => plan with { Adapter = (DyLoraPlan)plan.Adapter with { RankAt = (int)value! } },
            static plan => plan.Adapter is DyLoraPlan ? null : "only an adapter of method dylora is cut to a rank"),
        new("calibration.samples", WholeNumber(1), Calibrate(static (calibration, value) => calibration with { Samples = (int)value! })),
        new("calibration.statistic", Word<ActivationStatistic>(),
            Calibrate(static (calibration, value) => calibration with { Statistic = (ActivationStatistic)value! })),
        new("calibration.exponent", Number("a number above 0 and at most 1", static value => value is > 0 and <= 1),
            Calibrate(static (calibration, value) => calibration with { Exponent = (double)value! })),
        .. Enumerable.Range(0, plan.Evaluation.Count).SelectMany(Evaluation),
        new("export.peft", Flag, static (plan, value) => plan with { Export = plan.Export with { Peft = (bool)value! } }),
        new("export.merged", Flag, static (plan, value) => plan with { Export = plan.Export with { Merged = (bool)value! } }),
    ];

    private static IEnumerable<PlanOverride> Model =>
    [
        new("model.source.path", Text, static (plan, value) =>
            plan with { Model = plan.Model with { Source = new ModelSource.Folder((string)value!) } },
            static plan => plan.Model.Source is not ModelSource.Random ? null : "the weights of this pipeline are drawn from a seed, not read")
        { IsPath = true },
        new("model.tokenizer", Text, static (plan, value) => plan with { Model = plan.Model with { Tokenizer = (string)value! } }) { IsPath = true },
    ];

    private static IEnumerable<PlanOverride> Training =>
    [
        new("training.epochs", Number("a number above 0", static value => value > 0),
            Train(static (training, value) => training with { Epochs = (double)value!, Steps = null })),
        new("training.steps", WholeNumber(1), Train(static (training, value) => training with { Steps = (int)value!, Epochs = null })),
        new("training.batch", WholeNumber(1), Train(static (training, value) => training with { Batch = (int)value! })),
        new("training.micro_batch", WholeNumber(1), Train(static (training, value) => training with { MicroBatch = (int)value! })),
        new("training.learning_rate", Number("a number above 0 and at most 10", static value => value is > 0 and <= 10),
            Train(static (training, value) => training with { LearningRate = (double)value! })),
        new("training.schedule.warmup_ratio", Number("a number from 0 to below 1", static value => value is >= 0 and < 1),
            Train(static (training, value) => training with { WarmupRatio = (double)value! })),
        new("training.optimizer.weight_decay", Number("a number of at least 0", static value => value >= 0),
            Train(static (training, value) => training with { WeightDecay = (double)value! })),
        new("training.clip_norm", OrNone(Number("a number above 0", static value => value > 0)),
            Train(static (training, value) => training with { ClipNorm = (double?)value })),
        new("training.gradient_checkpointing", Flag, Train(static (training, value) => training with { GradientCheckpointing = (bool)value! })),
        new("training.checkpoint.every_steps", WholeNumber(0), Train(static (training, value) => training with { CheckpointEverySteps = (int)value! })),
        new("training.checkpoint.keep", WholeNumber(1), Train(static (training, value) => training with { CheckpointKeep = (int)value! })),
        new("training.seeds", WholeNumbers, Train(static (training, value) => training with { Seeds = EquatableArray.Of((int[])value!) })),
    ];

    private static IEnumerable<PlanOverride> Evaluation(int index)
    {
        var key = $"evaluation.{index}";
        foreach (var source in DataSource(key, plan => plan.Evaluation[index].Data, (plan, data) => With(plan, task => task with { Data = data })))
            yield return source;
        yield return new(key + ".batch", WholeNumber(1), (plan, value) => With(plan, task => task with { Batch = (int)value! }));
        yield return new(key + ".max_new_tokens", WholeNumber(1), (plan, value) => With(plan, task => task with { MaxNewTokens = (int)value! }));

        PipelinePlan With(PipelinePlan plan, Func<EvaluationPlan, EvaluationPlan> change) => plan with
        {
            Evaluation = plan.Evaluation.Select((task, position) => position == index ? change(task) : task).ToEquatableArray(),
        };
    }

    private static IEnumerable<PlanOverride> DataSource(
        string key, Func<PipelinePlan, DataSourcePlan> get, Func<PipelinePlan, DataSourcePlan, PipelinePlan> set) =>
    [
        new(key + ".path", Text, (plan, value) => set(plan, get(plan) with { Path = (string)value! }),
            plan => get(plan).Generator is { } made ? $"these rows are made by the class {made}, not read" : null) { IsPath = true },
        new(key + ".limit", OrNone(WholeNumber(1)), (plan, value) => set(plan, get(plan) with { Limit = (int?)value })),
    ];

    private static Func<PipelinePlan, object?, PipelinePlan> Calibrate(Func<CalibrationPlan, object?, CalibrationPlan> change) =>
        (plan, value) => plan with { Calibration = change(plan.Calibration, value) };

    private static Func<PipelinePlan, object?, PipelinePlan> Train(Func<TrainingPlan, object?, TrainingPlan> change) =>
        (plan, value) => plan with { Training = change(plan.Training, value) };
}
