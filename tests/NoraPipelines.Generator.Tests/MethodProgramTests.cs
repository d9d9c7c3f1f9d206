using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace NoraPipelines.Generator.Tests;

/// <summary>Programs of all methods with an adapter.</summary>
public class MethodProgramTests
{
    public static TheoryData<string, string> Adapters => MethodSpecs.Adapters;

    [Theory]
    [MemberData(nameof(Adapters))]
    public void A_program_differs_from_that_of_lora_in_these_lines(string method, string keys)
    {
        var run = GeneratorRun.OnSpec(MethodSpecs.Decoder(method, keys));
        Assert.Empty(run.Problems);
        var lora = GeneratorRun.OnSpec(MethodSpecs.Decoder(MethodSpecs.Baseline, "rank: 8")).Source("Sample.g.cs");
        Snapshot.Matches(Differences(lora, run.Source("Sample.g.cs")), @case: method.Replace(' ', '_'));
    }

    [Theory]
    [MemberData(nameof(Adapters))]
    public void A_decoders_program_compiles_and_has_the_plan_of_the_spec(string method, string keys) => Check(MethodSpecs.Decoder(method, keys), method);

    [Theory]
    [MemberData(nameof(Adapters))]
    public void A_classifiers_program_compiles_and_has_the_plan_of_the_spec(string method, string keys) => Check(MethodSpecs.Classifier(method, keys), method);

    [Theory]
    [InlineData("vera", "rank: 4, alpha: 4", "'adapter.alpha' has no effect: vera's vectors are its scale")]
    [InlineData("rslora", "rank: 4, rate_ratio: 4", "'adapter.rate_ratio' has no effect: only method lora_plus")]
    [InlineData("lora_plus", "rank: 4, factor: 4", "'adapter.factor' has no effect: only method lokr")]
    [InlineData("pissa", "rank: 4, projection_seed: 4", "'adapter.projection_seed' has no effect: only method vera")]
    [InlineData("lokr", "rank: 4, d_initial: 4", "'adapter.d_initial' has no effect: only method vera")]
    [InlineData("lora", "rank: 4, factor: 4", "'adapter.factor' has no effect: only method lokr")]
    [InlineData("lora_fa", "rank: 4, outer: { rank: 4 }", "'adapter.outer' has no effect: method lora_fa has one rank")]
    [InlineData("nora", "rank: 4, outer: { rank: 8 }, inner: { rank: 4 }", "'adapter.rank' has no effect: method nora has outer.rank and inner.rank")]
    [InlineData("full", "rank: 4", "'adapter.rank' has no effect: method full trains every weight and has no adapter")]
    [InlineData("lokr", "alpha: 4", "'adapter.rank' is missing: method lokr needs a rank")]
    [InlineData("lokr", "rank: 64", "rank 64 is above 31, the largest with which lokr's second factor of q_proj, 64×64, is smaller")]
    [InlineData("vera", "rank: 4, d_initial: 2, start: { path: x }", "'adapter.d_initial' has no effect: the adapter goes on from")]
    [InlineData("pissa", "rank: 2000", "rank 2000 is above 1024")]
    public void What_a_method_has_no_use_for_is_said(string method, string keys, string message) =>
        Assert.Contains(message, string.Join("\n", GeneratorRun.OnSpec(MethodSpecs.Decoder(method, keys)).Problems));

    [Theory]
    [InlineData("vera", "all-linear", 512, 1_490_944)]
    [InlineData("dora", "[q_proj, k_proj, v_proj, up_proj, down_proj]", 1, 2_555_904)]
    public void Counts_of_the_paper_come_out_of_the_spec(string method, string targets, int rank, long count)
    {
        var run = GeneratorRun.OnSpec(MethodSpecs.Decoder(method, $"rank: {rank}").Replace("[q_proj, v_proj, down_proj]", targets));
        Assert.Equal(count, Assert.Single(run.Units).Plan.Trainable);
    }

    private static void Check(string spec, string method)
    {
        var run = GeneratorRun.OnSpec(spec);
        Assert.Empty(run.Problems);
        var program = run.LoadProgram(method);
        Assert.Equal(Assert.Single(run.Units).Plan, program.Plan);
        Assert.Equal(method.Split(' ')[0], program.Plan.Adapter.Method);
    }

    /// <summary>`- ` and `+ ` before lines of one text alone; lines that both have are left out, an empty line stands for them.</summary>
    private static string Differences(string left, string right)
    {
        var lines = InlineDiffBuilder.Diff(left, right).Lines.Select(line => line.Type switch
        {
            ChangeType.Deleted => "- " + line.Text,
            ChangeType.Inserted => "+ " + line.Text,
            _ => "",
        }).ToList();
        return string.Join('\n', lines.Where((line, index) => line.Length > 0 || (index > 0 && lines[index - 1].Length > 0)));
    }
}
