using Microsoft.CodeAnalysis;

namespace NoraPipelines.Generator.Tests;

public class PipelineGeneratorTests
{
    [Fact]
    public void A_valid_spec_has_no_problems_and_one_summary()
    {
        var run = GeneratorRun.OnSpec(Specs.Valid);
        Assert.Empty(run.Problems);
        Snapshot.Matches(string.Join('\n', run.Result.Diagnostics.Select(GeneratorRun.Show)));
    }

    [Fact]
    public void A_valid_spec_becomes_a_program_that_compiles() =>
        GeneratorRun.OnSpec(Specs.Valid).AssertCompiles();

    [Fact]
    public void A_spec_with_errors_leaves_the_rest_of_the_project_compiling()
    {
        var run = GeneratorRun.On(("good/good.nora.yaml", Specs.With("pipeline: sample", "pipeline: good")), ("bad/bad.nora.yaml",
            "pipeline: bad\n"));
        run.EditCode("""
            namespace Sample;
            public sealed partial class Bad
            {
                partial void OnStep(NoraPipelines.Training.StepReport step) => System.Console.WriteLine(step);
            }
            """);
        Assert.NotEmpty(run.Problems);
        run.AssertCompiles();
        Snapshot.Matches(run.Source("Bad.g.cs"), "cs");
    }

    [Fact]
    public void Main_lists_every_pipeline_in_order()
    {
        var run = GeneratorRun.On(
            ("b.nora.yaml", Specs.With("pipeline: sample", "pipeline: zebra-2")), ("a.nora.yaml",
                Specs.With("pipeline: sample", "pipeline: apple")));
        Snapshot.Matches(run.Source("Program.g.cs"), "cs");
    }

    [Fact]
    public void A_project_without_specs_gets_nothing() => Assert.Empty(GeneratorRun.On(("config.json", "{}")).Result.GeneratedSources);

    [Fact]
    public void Generated_text_has_unix_line_ends_and_no_byte_order_mark()
    {
        foreach (var source in GeneratorRun.OnSpec(Specs.Valid.Replace("\n", "\r\n")).Result.GeneratedSources)
        {
            Assert.DoesNotContain('\r', source.SourceText.ToString());
            Assert.Empty(source.SourceText.Encoding!.GetPreamble());
        }
    }

    [Fact]
    public void The_same_spec_gives_the_same_text_twice() => Assert.Equal(
        GeneratorRun.OnSpec(Specs.Valid).Result.GeneratedSources.Select(source => source.SourceText.ToString()),
        GeneratorRun.OnSpec(Specs.Valid).Result.GeneratedSources.Select(source => source.SourceText.ToString()));
}
