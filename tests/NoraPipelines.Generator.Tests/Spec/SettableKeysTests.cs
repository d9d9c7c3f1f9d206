using NoraPipelines.Plans;
using NoraPipelines.Runs.Settings;

namespace NoraPipelines.Generator.Tests.Spec;

/// <summary>A key that --set takes and no program reads would be a setting without effect.</summary>
public class SettableKeysTests
{
    // Asked for by the run itself, whatever the program (RunSources, RunTraining, RunCalibration, RunCommand, MergedDtype, the start's methods).
    private static readonly string[] OfTheLibrary =
    [
        "calibration.exponent", "calibration.samples", "calibration.statistic", "dataset.train.path", "export.dtype", "model.source.path", "training.batch",
        "training.checkpoint.every_steps", "training.checkpoint.keep", "training.epochs", "training.micro_batch", "training.seeds", "training.steps",
    ];

    [Fact]
    public void Every_shipped_program_reads_what_can_be_set_in_it() => Check(ShippedSpecs.Pipelines());

    [Theory]
    [MemberData(nameof(MethodSpecs.Adapters), MemberType = typeof(MethodSpecs))]
    public void Every_method_s_program_reads_what_can_be_set_in_it(string method, string keys) => Check(GeneratorRun.OnSpec(MethodSpecs.Decoder(method, keys)));

    private static void Check(GeneratorRun run)
    {
        Assert.NotEmpty(run.Units);
        foreach (var unit in run.Units)
        {
            var program = run.Result.GeneratedSources.Select(source => source.SourceText.ToString())
                .Single(text => text.Contains($"partial class {unit.ClassName} : Pipeline<", StringComparison.Ordinal));
            Assert.All(Keys.RunTime(unit.Plan).Where(key => RunSettings.Meaningless(unit.Plan, key.Path) is null && !OfTheLibrary.Contains(key.Path)),
                key => Assert.Matches(Member(key.Path), program));
        }
    }

    /// <summary>What asks for a key: Keys.Evaluation(0).MaxNewTokens, Keys.Training.WarmupRatio, NoraKeys.InnerStd.</summary>
    private static string Member(string path)
    {
        string[] parts = path.Split('.');
        var name = string.Concat(parts[^1].Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        return parts[0] == "evaluation" ? $@"Keys\.Evaluation\({parts[1]}\)\.{name}\b" : $@"Keys[\w.]*{name}\b";
    }
}
