using System.Reflection;
using NoraPipelines.Generator.Planning;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Tests.Spec;

/// <summary>The table of keys is whole, and what it says of the plan is so.</summary>
public class KeyTableTests
{
    private static PipelinePlan Plan => Planner.Plan(
        new SpecFile("/project/sample.nora.yaml", Specs.Valid), new ProjectFacts("/project/", "Sample"), default).Unit!.Plan;

    /// <summary>A key that is declared and not in the table would be refused as unknown.</summary>
    [Fact]
    public void Every_declared_key_is_in_the_table()
    {
        var declared = typeof(Keys).Assembly.GetTypes().Where(type => type.Name.EndsWith("Keys", StringComparison.Ordinal) || type.DeclaringType == typeof(Keys)
                || type.DeclaringType?.DeclaringType == typeof(Keys))
            .Where(type => !type.ContainsGenericParameters).SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(field => field.GetValue(null)).OfType<SpecKey>().ToList();
        Assert.True(declared.Count > 60, $"{declared.Count} keys were found");
        Assert.All(declared.Where(key => key.RunTime), key => Assert.True(Keys.RunTime(Plan).Any(settable => settable.Path == key.Path), key.Path));
        Assert.All(declared.Where(key => !key.Path.Contains(".0.", StringComparison.Ordinal)), key => Assert.Same(key, Keys.Find(key.Path)));
    }

    [Fact]
    public void Paths_are_unique_and_lead_to_their_keys()
    {
        var paths = Keys.Root.AllWithin().Select(key => key.Path).ToList();
        Assert.Equal(paths.Distinct().Count(), paths.Count);
        Assert.All(paths.Skip(1), path => Assert.Equal(path, Keys.Find(path)?.Path));
    }

    [Fact]
    public void A_run_may_set_these()
    {
        var settable = Keys.RunTime(Plan).Select(key => key.Path).Where(path => !path.StartsWith("evaluation.1", StringComparison.Ordinal));
        Assert.Equal(
            [
                "adapter.inner.std", "adapter.rank_at", "adapter.start.path", "calibration.exponent", "calibration.samples", "calibration.statistic",
                "dataset.train.limit", "dataset.train.path", "evaluation.0.batch", "evaluation.0.limit", "evaluation.0.max_new_tokens", "evaluation.0.path",
                "export.dtype", "export.merged", "export.peft", "model.source.path", "model.tokenizer", "training.batch", "training.checkpoint.every_steps",
                "training.checkpoint.keep", "training.clip_norm", "training.epochs", "training.gradient_checkpointing", "training.learning_rate",
                "training.micro_batch", "training.optimizer.weight_decay", "training.schedule.warmup_ratio", "training.seeds", "training.steps",
            ],
            settable.Order(StringComparer.Ordinal));
    }
}
