using NoraPipelines.Plans;
using NoraPipelines.Runs;

namespace NoraPipelines.Generator.Tests.Sweeps;

/// <summary>What a spec with a sweep becomes.</summary>
public class SweepProgramTests
{
    public static TheoryData<string, string> Sweeps { get; } = new()
    {
        { "axes", SweepSpecs.Axes },
        { "variants", SweepSpecs.Listed },
        { "matched_budget", SweepSpecs.Matched },
    };

    [Theory]
    [MemberData(nameof(Sweeps))]
    public void A_sweep_reads_like_this(string kind, string sweep)
    {
        var run = GeneratorRun.OnSpec(SweepSpecs.Of(sweep));
        Assert.Empty(run.Problems);
        Snapshot.Matches(GeneratorRun.Show(Assert.Single(run.Result.Diagnostics)) + "\n\n"
            + string.Join("\n", run.Result.GeneratedSources.Select(source => source.HintName)) + "\n\n" + run.Source("Table5.g.cs"), "txt", kind);
    }

    [Fact]
    public void A_variant_reads_as_the_program_of_a_spec_of_its_own()
    {
        Snapshot.Matches(GeneratorRun.OnSpec(SweepSpecs.Of(SweepSpecs.Matched)).Source("Table5.Lora.g.cs"), "cs");
        var sweep = GeneratorRun.OnSpec(SweepSpecs.Of("  adapter.inner.rank: [8, 16]")).Source("Table5.R8.g.cs");
        var run = GeneratorRun.OnSpec(SweepSpecs.Of("").Replace("sweep:", "").Replace("pipeline: table-5", "pipeline: table-5-r8").Replace("inner: { rank: 16 }", "inner: { rank: 8 }"));
        Assert.Empty(run.Problems);
        var alone = run.Source("Table5R8.g.cs");
        Assert.Equal(Code(alone), Code(sweep));
    }

    [Fact]
    public void Main_lists_variants_with_the_pipelines_and_the_sweep_with_the_comparisons() => Snapshot.Matches(
        GeneratorRun.On(("a.nora.yaml", Specs.Valid), ("b.nora.yaml", SweepSpecs.Of("  adapter.outer.init: [svd, awsvd]"))).Source("Program.g.cs"), "cs");

    [Theory]
    [MemberData(nameof(Sweeps))]
    public void Variants_compile_and_have_the_plans_of_the_spec(string kind, string sweep)
    {
        var run = GeneratorRun.OnSpec(SweepSpecs.Of(sweep));
        var comparison = (Comparison)Activator.CreateInstance(run.Load(kind).GetType("Sample.Table5")!)!;
        Assert.Equal(run.Units.Select(unit => unit.Plan), comparison.Variants.Select(variant => variant.Pipeline.Plan));
        Assert.Equal(comparison.Variants.Select(variant => "table-5." + variant.Name), run.Units.Select(unit => unit.Plan.Name));
        Assert.All(comparison.Variants, variant => Assert.Equal("sample.nora.yaml", variant.Pipeline.SpecFile));
        Assert.Equal(("table-5", "Starts of the outer pair (Table 5)", "sample.nora.yaml"), (comparison.Name, comparison.Description, comparison.SpecFile));
    }

    [Theory]
    [InlineData("method: nora, targets: [q_proj], outer: { rank: 8 }, inner: { rank: 4 }, alpha: 8, dropout: 0.1")]
    [InlineData("method: adalora, targets: [q_proj], rank: 12, alpha: 12, budget: { target_rank: 8, initial_steps: 2, final_steps: 2, every_steps: 1 }")]
    [InlineData("method: dylora, targets: [q_proj], rank: 8, rank_at: 4, alpha: 8")]
    [InlineData("method: lora_plus, targets: [q_proj], rank: 8, rate_ratio: 8, alpha: 8")]
    [InlineData("method: vera, targets: [q_proj], rank: 8, d_initial: 0.2, projection_seed: 7")]
    [InlineData("method: lokr, targets: [q_proj], rank: 2, factor: 8, alpha: 2")]
    public void A_sweep_over_every_method_takes_away_the_keys_that_a_method_has_not(string adapter)
    {
        var run = GeneratorRun.OnSpec(SweepSpecs.Of("  variants:\n" + string.Join("\n", PlannedMethods.All.Select(method =>
            $"    - {{ name: {method.Name}, adapter.method: {method.Name}, {KeysOf(method.Blank)} }}")), adapter));
        Assert.True(run.Problems.Count == 0, string.Join("\n", run.Problems.Append("Where a method lacks a key, give it in KeysOf.")));
        run.AssertCompiles();
        Assert.Equal(PlannedMethods.All.Count, run.Result.GeneratedSources.Count(source => source.HintName.EndsWith(".Plan.g.cs", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_sweep_with_errors_leaves_the_rest_of_the_project_compiling_with_hooks_of_its_variants()
    {
        var run = GeneratorRun.OnSpec(SweepSpecs.Of("  adapter.outer.init: [svd, awsdv]")).EditCode("""
            namespace Sample;
            public sealed partial class Table5Svd
            {
                partial void OnStep(NoraPipelines.Training.StepReport step) => System.Console.WriteLine(step);
            }
            """);
        Assert.Contains("NORA005", Assert.Single(run.Problems));
        run.AssertCompiles();
    }

    [Fact]
    public void A_class_of_a_variant_that_another_spec_has_is_refused()
    {
        var run = GeneratorRun.On(("a.nora.yaml", Specs.With("pipeline: sample", "pipeline: table-5-svd")), ("b.nora.yaml", SweepSpecs.Of("  adapter.outer.init: [svd, awsvd]")));
        Assert.StartsWith("b.nora.yaml(1,11): error NORA109: the class Table5Svd of a variant of this pipeline is already that of a.nora.yaml", Assert.Single(run.Problems));
        run.AssertCompiles();
    }

    /// <summary>What a variant sets for its method.</summary>
    private static string KeysOf(AdapterPlan plan) => plan switch
    {
        NoraPlan => "adapter.outer.rank: 8, adapter.inner.rank: 4",
        AdaLoraPlan => "adapter.rank: 4, adapter.budget: { target_rank: 3, initial_steps: 2, final_steps: 2, every_steps: 1 }",
        LokrPlan => "adapter.rank: 2",
        { TrainsModel: true } => "export.merged: true",
        { OneRank: null } => "adapter.dropout: 0",
        _ => "adapter.rank: 4",
    };

    private static IEnumerable<string> Code(string program) => program.Split('\n').Where(line => !line.Contains("//") && !line.Contains("class Table5"));
}
