using NoraPipelines.Generator.Emission.Families;

namespace NoraPipelines.Generator.Emission;

/// <summary>
/// Plan → program. `Execute` is the training run from top to bottom; `Load`, `Adapt` and `Evaluate` are apart because the command
/// line's other verbs call them too. Each section is one small emitter.
/// </summary>
internal static class ProgramEmitter
{
    /// <summary>The program: &lt;Class&gt;.g.cs.</summary>
    public static string Emit(PipelineUnit unit)
    {
        var code = new CodeWriter();
        HeaderSection.Write(code, unit, HeaderSection.ProgramUsings(unit.Plan));
        using (code.Block($"public sealed partial class {unit.ClassName} : Pipeline<{FamilySections.Of(unit.Plan).LoadedType}>"))
        {
            using (code.Block("protected override RunReport Execute(RunContext run)"))
            {
                ModelSection.WriteUse(code, unit);
                AdapterSection.WriteUse(code, unit);
                DataSection.Write(code, unit);
                EvaluationSection.WriteBefore(code, unit);
                InitializationSection.Write(code, unit);
                TrainingSection.Write(code, unit);
                ExportSection.Write(code, unit);
            }
            ModelSection.WriteLoad(code, unit);
            AdapterSection.WriteAdapt(code, unit);
            EvaluationSection.WriteEvaluate(code, unit);
            code.Line();
            code.Line("/// <summary>Called after each optimizer step; write it in another part of this class.</summary>");
            code.Line("partial void OnStep(StepReport step);");
        }
        return code.ToString();
    }

    /// <summary>The plan that the program was made from, as data for `plan`, reports and resumed runs: &lt;Class&gt;.Plan.g.cs.</summary>
    public static string EmitPlan(PipelineUnit unit)
    {
        var code = new CodeWriter();
        HeaderSection.Write(code, unit, ["NoraPipelines.Plans", "NoraPipelines.Runs"]);
        using (code.Block($"partial class {unit.ClassName}"))
        {
            code.Line($"public override string SpecFile => {CSharp.Text(unit.SpecPath)};");
            code.Line();
            code.Line("public override PipelinePlan Plan => Planned;");
            code.Line();
            code.Line($"private static {unit.Plan.Model.Shape.GetType().Name} Shape => ({unit.Plan.Model.Shape.GetType().Name})Planned.Model.Shape;");
            code.Line();
            var method = unit.Plan.Adapter.GetType().Name;
            code.Line($"private static {method} Method => ({method})Planned.Adapter;");
            code.Line();
            code.Line("// A key that is not named here has its default.");
            PlanLiteral.Write(code, "private static readonly PipelinePlan Planned = ", unit.Plan, ";");
        }
        return code.ToString();
    }
}
