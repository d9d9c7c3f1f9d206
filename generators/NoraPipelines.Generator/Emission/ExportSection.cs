using NoraPipelines.Generator.Emission.Methods;
using NoraPipelines.Generator.Planning;
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
        var exported = MethodSections.Of(unit.Plan.Adapter).Exported;
        code.Call($"run.Export({exported}, new ExportPlan {{ ", Keys.Export.All.Select(key => Asked(key, unit.Plan)), " });");
        var scores = unit.Plan.Evaluation.Count > 0;
        code.Line(scores ? "return run.Complete(before, after);" : "return run.Complete(null, null);");
    }

    /// <summary>Peft = run.Setting(Keys.Export.Peft, true); what the method has no use for is as planned.</summary>
    private static string Asked(SpecKey<bool> key, PipelinePlan plan)
    {
        var (name, planned) = (ClassNames.Of(key.Name), CSharp.Flag(key.Get!(plan)));
        return key.Owner?.Invoke(plan.Adapter) == false ? $"{name} = {planned}" : $"{name} = run.Setting(Keys.Export.{name}, {planned})";
    }
}
