using NoraPipelines.Generator.Emission.Families;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>NoRA: an outer pair from the weight, and what trains between or beside its factors, in every structure of the design space.</summary>
internal sealed class NoraSection(NoraPlan plan) : AdapterMethodSection(plan)
{
    protected override string Call(string projection)
    {
        var outer = $"({projection}, outerRank: {plan.OuterRank}";
        var alpha = $", alpha: {CSharp.Number(plan.Alpha)}";
        // The paper's own structure has a class of its own.
        if (plan is { Structure: InnerStructure.Serial, Position: InnerPosition.WA, OuterTrainable: false })
            return $"AddNora{outer}, innerRank: {plan.InnerRank}{alpha}";
        var inner = plan.Structure == InnerStructure.Adapter ? "" : $", innerRank: {plan.InnerRank}";
        var trained = plan.OuterTrainable ? ", trainsOuter: true" : "";
        return $"{Placement}{outer}{inner}, {CSharp.Member(plan.Position)}{alpha}{trained}";
    }

    protected override string StartTitle => plan.OuterInit switch
    {
        OuterInitialization.AwSvd => "Calibrate and initialise: AwSVD",
        OuterInitialization.Svd => "Calibrate and initialise: SVD",
        _ => "Calibrate and initialise: random outer factors",
    };

    protected override string Start => "NoraStart.Initialise(adapters, method, run.Plan.Calibration, statistics, run.Seed)";

    /// <summary>Activations are observed first; they serve the start and the report of output errors.</summary>
    protected override void WriteNewStart(CodeWriter code, PipelinePlan whole)
    {
        using (code.Block("run.Initialise(adapters, () =>", "});"))
        {
            code.Line($"using var statistics = run.Calibrate(model, adapters, {FamilySections.Of(whole).Calibration});");
            var std = $" with {{ InnerStd = run.Setting(NoraKeys.InnerStd, {CSharp.Number(plan.InnerStd)}) }}";
            code.Line($"var method = Method{(plan.InnerInit == InnerInitialization.Normal ? std : "")};");
            code.Line($"return {Start};");
        }
    }

    private string Placement => plan.Structure switch
    {
        InnerStructure.Serial => "AddNoraSerial",
        InnerStructure.Parallel => "AddNoraParallel",
        _ => "AddNoraSquare",
    };
}
