using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using NoraPipelines.Generator.Emission;
using NoraPipelines.Runs;

namespace NoraPipelines.Generator.Tests;

/// <summary>Programs of the methods that NoRA is compared with.</summary>
public class BaselineProgramTests
{
    public static TheoryData<string, string> Adapters => BaselineSpecs.Adapters;

    [Theory]
    [MemberData(nameof(Adapters))]
    public void A_program_reads_like_this(string method, string keys)
    {
        var run = GeneratorRun.OnSpec(BaselineSpecs.Decoder(method, keys));
        Assert.Empty(run.Problems);
        Snapshot.Matches(run.Source("Sample.g.cs"), "cs", method);
    }

    [Theory]
    [MemberData(nameof(Adapters))]
    public void A_decoders_program_compiles_and_has_the_plan_of_the_spec(string method, string keys) => Check(BaselineSpecs.Decoder(method, keys), method);

    [Theory]
    [MemberData(nameof(Adapters))]
    public void A_classifiers_program_compiles_and_has_the_plan_of_the_spec(string method, string keys) => Check(BaselineSpecs.Classifier(method, keys), method);

    [Theory]
    [InlineData("vera", "rank: 4, alpha: 4", "'adapter.alpha' has no effect: vera's vectors are its scale")]
    [InlineData("rslora", "rank: 4, rate_ratio: 4", "'adapter.rate_ratio' has no effect: only method lora_plus")]
    [InlineData("lora_plus", "rank: 4, factor: 4", "'adapter.factor' has no effect: only method lokr")]
    [InlineData("pissa", "rank: 4, projection_seed: 4", "'adapter.projection_seed' has no effect: only method vera")]
    [InlineData("lokr", "rank: 4, d_initial: 4", "'adapter.d_initial' has no effect: only method vera")]
    [InlineData("lora", "rank: 4, factor: 4", "'adapter.factor' has no effect: only method lokr")]
    [InlineData("lora_fa", "rank: 4, outer: { rank: 4 }", "'adapter.outer' has no effect: method lora_fa has one rank")]
    [InlineData("lokr", "alpha: 4", "'adapter.rank' is missing: method lokr needs a rank")]
    [InlineData("lokr", "rank: 64", "rank 64 is above 31, the largest with which lokr's second factor of q_proj, 64×64, is smaller")]
    [InlineData("vera", "rank: 4, d_initial: 2, start: { path: x }", "'adapter.d_initial' has no effect: the adapter goes on from")]
    [InlineData("pissa", "rank: 2000", "rank 2000 is above 1024")]
    public void What_a_method_has_no_use_for_is_said(string method, string keys, string message) =>
        Assert.Contains(message, string.Join("\n", GeneratorRun.OnSpec(BaselineSpecs.Decoder(method, keys)).Problems));

    [Theory]
    [InlineData("vera", "all-linear", 512, 1_490_944)]
    [InlineData("dora", "[q_proj, k_proj, v_proj, up_proj, down_proj]", 1, 2_555_904)]
    public void Counts_of_the_paper_come_out_of_the_spec(string method, string targets, int rank, long count)
    {
        var run = GeneratorRun.OnSpec(BaselineSpecs.Decoder(method, $"rank: {rank}").Replace("[q_proj, v_proj, down_proj]", targets));
        var planned = (ITuple)run.Result.TrackedSteps[PipelineGenerator.Steps.Units].Single().Outputs.Single().Value;
        Assert.Equal(count, Assert.IsType<PipelineUnit>(planned[2]).Plan.Trainable);
    }

    private static void Check(string spec, string method)
    {
        var run = GeneratorRun.OnSpec(spec);
        Assert.Empty(run.Problems);
        var problems = run.Output.GetDiagnostics().Where(problem => problem.Severity >= DiagnosticSeverity.Warning).ToList();
        Assert.True(problems.Count == 0, string.Join("\n", problems.Select(GeneratorRun.Show)));
        using var assembly = new MemoryStream();
        Assert.True(run.Output.Emit(assembly).Success);
        assembly.Position = 0;
        var program = (Pipeline)RuntimeHelpers.GetUninitializedObject(
            new AssemblyLoadContext(method).LoadFromStream(assembly).GetType("Sample.Sample")!);
        var planned = (ITuple)run.Result.TrackedSteps[PipelineGenerator.Steps.Units].Single().Outputs.Single().Value;
        Assert.Equal(Assert.IsType<PipelineUnit>(planned[2]).Plan, program.Plan);
        Assert.Equal(method, program.Plan.Adapter.Method);
    }
}
