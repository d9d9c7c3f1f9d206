using Microsoft.CodeAnalysis;
using NoraPipelines.Generator.Emission;

namespace NoraPipelines.Generator.Tests;

/// <summary>What runs again after an edit, and what does not.</summary>
public class IncrementalTests
{
    private static GeneratorRun TwoSpecs() => GeneratorRun.On(
        ("one.nora.yaml", Specs.With("pipeline: sample", "pipeline: one")), ("two.nora.yaml",
            Specs.With("pipeline: sample", "pipeline: two")));

    [Fact]
    public void An_edit_of_code_runs_nothing_again()
    {
        var run = TwoSpecs().EditCode("class Unrelated;");
        foreach (var step in new[] { "Specs", "Planned", "Units", "Programs", "Registry", "Main", "Problems" })
            Assert.All(run.Reasons(step), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void An_edit_of_another_file_runs_no_program_again()
    {
        var run = TwoSpecs().Edit("config.json", """{ "model_type": "llama" }""");
        Assert.All(run.Reasons("Units"), AssertNotNew);
        Assert.All(run.Reasons("Programs"), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        Assert.All(run.Reasons("Main"), AssertNotNew);
    }

    [Theory]
    [InlineData("pipeline: one", "pipeline: one   # a comment")]
    [InlineData("export: { peft: true, merged: false }", "export: { peft: true, merged: false }\n# a comment at the end")]
    [InlineData("export: { peft: true, merged: false }", "export: {   peft: true, merged:    false }")]
    public void A_comment_that_moves_no_section_emits_nothing_again(string piece, string replacement)
    {
        var run = TwoSpecs().Edit("one.nora.yaml", Specs.With("pipeline: sample", "pipeline: one").Replace(piece, replacement));
        Assert.All(run.Reasons("Units"), AssertNotNew);
        Assert.All(run.Reasons("Programs"), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        Assert.All(run.Reasons("Main"), AssertNotNew);
    }

    [Fact]
    public void A_comment_that_moves_sections_moves_the_banners_and_nothing_else()
    {
        var run = TwoSpecs();
        var before = run.Source("One.g.cs");
        run.Edit("one.nora.yaml", "# a comment\n" + Specs.With("pipeline: sample", "pipeline: one"));
        var lines = before.Split('\n').Zip(run.Source("One.g.cs").Split('\n')).Where(pair => pair.First != pair.Second).ToList();
        Assert.All(lines, pair => Assert.StartsWith("// ----", pair.First.TrimStart()));
        Assert.Equal(before.Split('\n').Length, run.Source("One.g.cs").Split('\n').Length);
    }

    [Fact]
    public void An_edit_of_a_value_writes_its_own_program_again_and_no_other()
    {
        var run = TwoSpecs().Edit("one.nora.yaml", Specs.With("pipeline: sample", "pipeline: one").Replace("7.0e-3", "5.0e-3"));
        Assert.Equal(
            [IncrementalStepRunReason.Modified, IncrementalStepRunReason.Unchanged],
            run.Reasons("Units").Select(reason => reason == IncrementalStepRunReason.Cached ? IncrementalStepRunReason.Unchanged : reason)
                .Order());
        Assert.All(run.Reasons("Main"), AssertNotNew);
    }

    [Fact]
    public void An_edit_of_one_variant_or_spec_writes_no_other_variant_again()
    {
        const string Variants = "sweep: { variants: [{ name: a, adapter.dropout: 0.1 }, { name: b, adapter.dropout: 0.2 }] }\n";
        var swept = Specs.With("pipeline: sample", "pipeline: two") + Variants;
        var run = GeneratorRun.On(("one.nora.yaml", Specs.With("pipeline: sample", "pipeline: one")), ("two.nora.yaml", swept));
        Assert.Empty(run.Problems);
        run.Edit("two.nora.yaml", swept.Replace("0.2", "0.3"));
        Assert.Single(run.Reasons("Programs"), reason => reason == IncrementalStepRunReason.Modified);
        Assert.Equal(3, run.Reasons("Programs").Count);
        run.Edit("one.nora.yaml", Specs.With("pipeline: sample", "pipeline: one").Replace("7.0e-3", "5.0e-3"));
        Assert.Single(run.Reasons("Programs"), reason => reason == IncrementalStepRunReason.Modified);
        Assert.All(run.Reasons("Comparisons"), AssertNotNew);
        Assert.All(run.Reasons("Main"), AssertNotNew);
    }

    [Fact]
    public void A_new_name_changes_main()
    {
        var run = TwoSpecs().Edit("one.nora.yaml", Specs.With("pipeline: sample", "pipeline: uno"));
        Assert.Contains("new Uno(),", run.Source("Program.g.cs"));
        Assert.Contains(IncrementalStepRunReason.Modified, run.Reasons("Main"));
    }

    [Fact]
    public void Equal_specs_give_equal_units() => Assert.Equal(Unit(Specs.Valid), Unit(Specs.Valid + "# a comment\n"));

    [Fact]
    public void Different_specs_give_different_units() => Assert.NotEqual(Unit(Specs.Valid), Unit(Specs.With("keep: 2", "keep: 3")));

    private static PipelineUnit? Unit(string text) => Planning.Planner.Plan(
        new Planning.SpecFile("/project/sample.nora.yaml", text), new Planning.ProjectFacts("/project/", "Sample"), default).Unit;

    private static void AssertNotNew(IncrementalStepRunReason reason) =>
        Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, reason.ToString());
}
