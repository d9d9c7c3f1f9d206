using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>Every weight of the model trains: nothing is placed, nothing is started, and the model itself is exported.</summary>
internal sealed class FullSection : MethodSection
{
    public override string Trained(PipelinePlan whole) => "full training";

    public override string Summary(PipelinePlan whole, string total, string percent) => $"Trains all {total} parameters.";

    public override string Parameters => "parameters";

    public override string StartTraining => "run.StartTraining(steps, parameters, optimizer, model)";

    public override void WriteUse(CodeWriter code, PipelineUnit unit)
    {
        code.Banner("All parameters train", Places.Line(unit.Lines.Adapter));
        code.Line("var parameters = model.TrainAllParameters();");
        code.Line($"FullTraining.Expect(model, parameters, trainable: {Expected(unit.Plan)});");
    }

    public override string Exported => "loaded";
}
