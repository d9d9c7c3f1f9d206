using NoraPipelines.Generator.Emission.Families;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>A method that places an adapter on each target, by one typed call each, and gives them their first values.</summary>
internal abstract class AdapterMethodSection(AdapterPlan plan) : MethodSection
{
    /// <summary>The method with its ranks, for sentences: DoRA 16.</summary>
    protected string Title => plan.Title;

    /// <summary>The call that places an adapter, open at its end for more arguments: AddDora(layer.SelfAttention.QProj, rank: 16.</summary>
    protected abstract string Call(string projection);

    /// <summary>What the start does, for the banner.</summary>
    protected abstract string StartTitle { get; }

    /// <summary>The expression that starts the adapters and reports on it.</summary>
    protected abstract string Start { get; }

    /// <summary>A line before the adapters are placed; null: none.</summary>
    protected virtual string? BeforeAdapters => null;

    /// <summary>A line after the adapters are placed; null: none.</summary>
    protected virtual string? AfterAdapters => null;

    /// <summary>Lines between the optimizer and the loop, and the name of what is saved with each checkpoint; null: nothing.</summary>
    protected virtual (IReadOnlyList<string> Lines, string Name)? State => null;

    public override string Trained(PipelinePlan whole) =>
        $"{Title} on {ParameterCount.Targets(whole.Model.Shape, plan).Sum(target => target.Layers)} projections";

    public override string Summary(PipelinePlan whole, string total, string percent) =>
        $"{Trained(whole)} trains {CSharp.Grouped(whole.Trainable)} beside {total} parameters ({percent} %).";

    public override string Parameters => "adapters.Trainable";

    public override IReadOnlyList<string> BeforeTraining => State?.Lines ?? [];

    public override string StartTraining => $"run.StartTraining(steps, adapters, optimizer{(State is { } state ? ", " + state.Name : "")})";

    public override void WriteUse(CodeWriter code, PipelineUnit unit)
    {
        code.Banner($"Adapters: {Title}", Places.Line(unit.Lines.Adapter));
        code.Line("using var adapters = Adapt(model);");
        code.Line($"adapters.Expect(trainable: {Expected(unit.Plan)});");
        if (AfterAdapters is { } after) code.Line(after);
    }

    public override void WriteAdapt(CodeWriter code, PipelineUnit unit)
    {
        code.Line();
        code.Line($"/// <summary>{Title} on {string.Join(", ", plan.Targets)} of {AdapterSection.Layers(plan.Layers)}.</summary>");
        using (code.Block($"private static AdapterSet Adapt({FamilySections.Of(unit.Plan).ModelType} model)"))
        {
            code.Line("var adapters = new AdapterSet();");
            if (BeforeAdapters is { } before) code.Line(before);
            var dropout = plan.Dropout > 0 ? $", dropout: {CSharp.Number(plan.Dropout)}" : "";
            AdapterSection.WritePlaces(code, unit.Plan, projection => $"{Call(projection)}{dropout})");
            code.Line("return adapters;");
        }
    }

    /// <summary>New values, or those of an adapter that was trained before.</summary>
    public override void WriteStart(CodeWriter code, PipelineUnit unit)
    {
        code.Line();
        var line = Places.Line(unit.Lines.Calibration > 0 ? unit.Lines.Calibration : unit.Lines.Adapter);
        if (plan.Start is { } folder)
        {
            code.Banner("Initialise: go on from an adapter", line);
            code.Line($"run.Initialise(adapters, () => AdapterStart.Read(run.Sources.Path(Keys.Adapter.StartPath, {CSharp.Text(folder)}), adapters, model, run.Say));");
            return;
        }
        code.Banner(StartTitle, line);
        WriteNewStart(code, unit.Plan);
    }

    public override string Exported => "loaded, adapters";

    /// <summary>Gives the adapters new values.</summary>
    protected virtual void WriteNewStart(CodeWriter code, PipelinePlan whole) => code.Line($"run.Initialise(adapters, () => {Start});");

    protected static string Ranked(string method, string projection, int rank, double alpha) =>
        $"{method}({projection}, rank: {rank}, alpha: {CSharp.Number(alpha)}";
}
