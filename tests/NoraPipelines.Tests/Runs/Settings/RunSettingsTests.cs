using NoraPipelines.Cli.Settings;
using NoraPipelines.Plans;
using NoraPipelines.Runs;
using NoraPipelines.Runs.Settings;

namespace NoraPipelines.Tests.Runs.Settings;

public sealed class RunSettingsTests
{
    private static readonly PipelinePlan Plan = new FakePipeline().Plan;

    [Fact]
    public void A_setting_changes_the_plan_and_what_the_program_reads()
    {
        var settings = Apply("training.learning_rate=1e-3", "training.micro_batch=2", "training.clip_norm=none", "dataset.train.limit=10");

        Assert.Equal(1e-3, settings.Plan.Training.LearningRate);
        Assert.Equal(2, settings.Plan.Training.MicroBatch);
        Assert.Equal(1e-3, settings.Get(Keys.Training.LearningRate, 0.5));
        Assert.Equal(2, settings.Get(Keys.Training.MicroBatch, 4));
        Assert.Null(settings.Get(Keys.Training.ClipNorm, 1.0));
        Assert.Equal(10, settings.Get(Keys.Dataset.Train.Limit, null));
        Assert.Equal(8, settings.Get(Keys.Training.Batch, 8));
        Assert.Equal(Plan with { Training = settings.Plan.Training, Dataset = settings.Plan.Dataset }, settings.Plan);
    }

    [Fact]
    public void Every_key_of_the_table_changes_the_plan_or_says_why_it_cannot()
    {
        var keys = Keys.RunTime(Plan).ToList();
        foreach (var key in keys.Where(key => RunSettings.Meaningless(Plan, key.Path) is null))
        {
            Assert.Contains(new[] { "false", "true", "2", "0.25", "7", "other", "none", "rms", "float16" }, text =>
                SettingText.Read(key, text) is { } value && key.Write(Plan, value) != Plan);
        }
        Assert.Equal(29, keys.Count);
    }

    [Theory]
    [InlineData("training.learning_rate=fast", "training.learning_rate is 'fast' (from --set). Expected a number above 0 and at most 10.")]
    [InlineData("training.learning_rate=-1", "Expected a number above 0")]
    [InlineData("training.learning_rate=1,5", "Expected a number above 0")]
    [InlineData("training.learning_rate=NaN", "Expected a number above 0")]
    [InlineData("training.batch=0", "training.batch is '0' (from --set). Expected a whole number of at least 1.")]
    [InlineData("training.batch=99999999999", "Expected a whole number of at least 1")]
    [InlineData("training.seeds=1,1", "seed 1 is listed twice")]
    [InlineData("training.seeds=1,x", "Expected a list of whole numbers")]
    [InlineData("training.epochs=1e12", "Expected a number above 0 and at most 1000000.")]
    [InlineData("calibration.exponent=1.5", "Expected a number above 0 and at most 1.")]
    [InlineData("dataset.train.limit=0", "Expected a whole number of at least 1 or none.")]
    [InlineData("training.gradient_checkpointing=yes", "Expected true or false")]
    [InlineData("training.lerning_rate=1", "did you mean 'training.learning_rate'")]
    [InlineData("adapter.outer.rank=32", "adapter.outer.rank (from --set) is fixed when the program is built")]
    [InlineData("model.dtype=float32", "Change it in tiny/tiny.nora.yaml and build again")]
    [InlineData("sweep.adapter.outer.init=svd", "sweep.adapter.outer.init (from --set) is fixed when the program is built")]
    [InlineData("evaluation.0.task=gsm8k", "is fixed when the program is built")]
    [InlineData("evaluation.7.path=x", "is not a key that a run can set")]
    [InlineData("training.micro_batch=3", "batch 8 is not a multiple of micro_batch 3")]
    [InlineData("training.batch", "expected key=value")]
    [InlineData("training.steps=2147483648", ", at most 2147483647.")]
    [InlineData("training.seeds=[1, 2147483648]", "Expected a list of whole numbers, at most 2147483647")]
    [InlineData("training.seeds=[1", "training.seeds is '[1' (from --set). Expected a list of whole numbers")]
    [InlineData("training.seeds=1]", "Expected a list of whole numbers")]
    [InlineData("training.clip_norm=", "training.clip_norm is '' (from --set). Expected a number above 0 or none.")]
    [InlineData("training.steps\n=5", "training.steps\uFFFD (from --set) is not a key")]
    [InlineData("training.batch=2147483647", "batch 2147483647 is not a multiple of micro_batch 4: use micro_batch 1.")]
    public void A_wrong_setting_is_refused_with_what_was_expected(string assignment, string expected)
    {
        var problem = Assert.Throws<UsageException>(() => Apply(assignment));

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_wrong_settings_are_reported_at_once()
    {
        var problem = Assert.Throws<UsageException>(() => Apply("training.batch=x", "training.epochs=0"));

        Assert.Contains("training.batch", problem.Message, StringComparison.Ordinal);
        Assert.Contains("training.epochs", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_take_the_place_of_epochs_and_both_together_are_refused()
    {
        var settings = Apply("training.steps=7");

        Assert.Equal((7, null), (settings.Plan.Training.Steps, settings.Plan.Training.Epochs));
        Assert.Contains("both set", Assert.Throws<UsageException>(() => Apply("training.steps=7", "training.epochs=1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_micro_batch_that_was_left_out_stays_the_batch_in_whatever_order_both_are_set()
    {
        var whole = Plan with { Training = Plan.Training with { Batch = 8, MicroBatch = 8 } };
        var halves = Plan with { Training = Plan.Training with { Batch = 8, MicroBatch = 4 } };
        Assert.Equal((4, 4), Batches(whole, "training.batch=4"));
        Assert.Equal((32, 4), Batches(halves, "training.batch=32"));
        Assert.Equal((32, 8), Batches(whole, "training.micro_batch=8", "training.batch=32"));

        static (int, int) Batches(PipelinePlan plan, params string[] assignments)
        {
            var training = RunSettings.Apply(plan, "tiny.nora.yaml", "/", SettingSources.Read("/nowhere", new Dictionary<string, string>(), assignments)).Plan.Training;
            return (training.Batch, training.MicroBatch);
        }
    }

    [Fact]
    public void A_typed_path_is_relative_to_the_current_directory()
    {
        var settings = Apply("dataset.train.path=mine/rows.jsonl");

        Assert.Equal(Path.GetFullPath("/somewhere/mine/rows.jsonl"), settings.Get(Keys.Dataset.Train.Path, "train.jsonl"));
    }

    [Fact]
    public void A_key_that_has_no_meaning_in_this_plan_says_why()
    {
        var random = Plan with { Model = Plan.Model with { Source = new ModelSource.Random(1), Tokenizer = "tokenizer.json" }, Adapter = new FullPlan(), Export = new ExportPlan { Peft = false, Merged = true } };

        var problem = Assert.Throws<UsageException>(() => RunSettings.Apply(random, "x.nora.yaml", "/", [new SettingValue("model.source.path", "x", "--set")]));

        Assert.Contains("drawn from a seed", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_of_the_start_may_be_set_where_the_method_draws_them()
    {
        var plan = Apply("adapter.inner.std=0.03", "calibration.statistic=rms", "calibration.exponent=1").Plan;
        Assert.Equal(0.03, Assert.IsType<NoraPlan>(plan.Adapter).InnerStd);
        Assert.Equal((ActivationStatistic.Rms, 1.0), (plan.Calibration.Statistic, plan.Calibration.Exponent));

        var lora = Plan with { Adapter = new LoraPlan { Rank = 2, Alpha = 2, Targets = Plan.Adapter.Targets } };
        var problem = Assert.Throws<UsageException>(() => RunSettings.Apply(lora, "x.nora.yaml", "/", [new SettingValue("adapter.inner.std", "1", "--set")]));
        Assert.Contains("has no meaning in tiny: method lora has one rank", problem.Message, StringComparison.Ordinal);
        problem = Assert.Throws<UsageException>(() => Apply("calibration.statistic=mean"));
        Assert.Contains("mean_abs, rms or weight_mean_abs", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_program_never_asked_for_is_known()
    {
        var settings = Apply("training.learning_rate=1e-3", "calibration.samples=4");

        settings.Get(Keys.Calibration.Samples, 128);

        Assert.Equal(["training.learning_rate"], settings.Unread);
    }

    private static RunSettings Apply(params string[] assignments) => RunSettings.Apply(
        Plan, "tiny/tiny.nora.yaml", "/somewhere", SettingSources.Read("/nowhere", new Dictionary<string, string>(), assignments));
}
