using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>Scores after training, what is written, and the run's result.</summary>
internal static class ExportSection
{
    public static void Write(CodeWriter code, PipelineUnit unit)
    {
        EvaluationSection.WriteAfter(code, unit);
        code.Line();
        code.Banner("Export", Places.Line(unit.Lines.Export));
        if (unit.Plan.Adapter is not FullPlan) code.Line("run.ExportAdapter(adapters);");
        if (unit.Plan.Export.Merged) code.Line("run.ExportMerged(loaded);");
        var scores = unit.Plan.Evaluation.Count > 0;
        code.Line(scores ? "return run.Complete(before, after);" : "return run.Complete(null, null);");
    }
}
