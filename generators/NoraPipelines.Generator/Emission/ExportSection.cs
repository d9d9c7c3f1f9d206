using NoraPipelines.Generator.Emission.Methods;

namespace NoraPipelines.Generator.Emission;

/// <summary>Scores after training, what is written, and the run's result.</summary>
internal static class ExportSection
{
    public static void Write(CodeWriter code, PipelineUnit unit)
    {
        EvaluationSection.WriteAfter(code, unit);
        code.Line();
        code.Banner("Export", Places.Line(unit.Lines.Export));
        var merged = $"merged: run.Setting(Keys.Export.Merged, {CSharp.Flag(unit.Plan.Export.Merged)})";
        code.Line(MethodSections.Of(unit.Plan.Adapter).Export(unit.Plan, merged));
        var scores = unit.Plan.Evaluation.Count > 0;
        code.Line(scores ? "return run.Complete(before, after);" : "return run.Complete(null, null);");
    }
}
