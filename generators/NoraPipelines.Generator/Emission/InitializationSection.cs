using NoraPipelines.Generator.Emission.Families;
using NoraPipelines.Generator.Emission.Methods;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>The adapter's start: activations are observed where the method asks for them, then factors are computed once a run.</summary>
internal static class InitializationSection
{
    public static void Write(CodeWriter code, PipelineUnit unit)
    {
        if (unit.Plan.Adapter.Start is { } start)
        {
            Title(code, unit, "Initialise: go on from an adapter");
            code.Line($"run.Initialise(adapters, () => AdapterStart.Read(run.File(\"adapter.start.path\", {CSharp.Text(start)}), adapters));");
            return;
        }
        switch (unit.Plan.Adapter)
        {
            case NoraPlan nora:
                WriteNora(code, unit, nora);
                break;
            case LoraPlan:
                Title(code, unit, "Initialise: A random, B zero");
                code.Line("run.Initialise(adapters, () => LoraInitializer.Initialise(adapters, run.Seed));");
                break;
            case LoraXsPlan:
                Title(code, unit, "Initialise: SVD");
                code.Line("run.Initialise(adapters, () => LoraInitializer.InitialiseXs(adapters, run.Seed));");
                break;
            case var adapter when MethodSection.Of(adapter) is { } method:
                Title(code, unit, method.StartTitle);
                code.Line($"run.Initialise(adapters, () => {method.Start});");
                break;
        }
    }

    private static void WriteNora(CodeWriter code, PipelineUnit unit, NoraPlan nora)
    {
        Title(code, unit, nora.OuterInit switch
        {
            OuterInitialization.AwSvd => "Calibrate and initialise: AwSVD",
            OuterInitialization.Svd => "Calibrate and initialise: SVD",
            _ => "Calibrate and initialise: random outer factors",
        });
        using (code.Block("run.Initialise(adapters, () =>", "});"))
        {
            code.Line($"using var statistics = run.Calibrate(model, adapters, {FamilySections.Of(unit.Plan).Calibration});");
            var std = $" with {{ InnerStd = run.Setting(\"adapter.inner.std\", {CSharp.Number(nora.InnerStd)}) }}";
            code.Line($"var method = Method{(nora.InnerInit == InnerInitialization.Normal ? std : "")};");
            code.Line("return NoraInitializer.Initialise(adapters, method, run.Plan.Calibration, statistics, run.Seed);");
        }
    }

    private static void Title(CodeWriter code, PipelineUnit unit, string title)
    {
        code.Line();
        code.Banner(title, Places.Line(unit.Lines.Calibration > 0 ? unit.Lines.Calibration : unit.Lines.Adapter));
    }
}
