using NoraPipelines.Generator.Emission.Families;
using NoraPipelines.Generator.Emission.Methods;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>What trains: an adapter on each target, by one typed call each, or the whole model.</summary>
internal static class AdapterSection
{
    /// <summary>The method with its ranks, for sentences: NoRA 64/32.</summary>
    public static string Title(AdapterPlan adapter) => adapter switch
    {
        NoraPlan nora => StructureExpression.Title(nora),
        LoraPlan lora => $"LoRA {lora.Rank}",
        LoraXsPlan loraXs => $"LoRA-XS {loraXs.Rank}",
        FullPlan => "all parameters",
        _ => MethodSection.Of(adapter)?.Title ?? throw new ArgumentOutOfRangeException(nameof(adapter), adapter.Method, "has no title"),
    };

    public static void WriteUse(CodeWriter code, PipelineUnit unit)
    {
        var adapter = unit.Plan.Adapter;
        code.Line();
        if (adapter is FullPlan)
        {
            code.Banner("All parameters train", Places.Line(unit.Lines.Adapter));
            code.Line("var parameters = model.TrainAllParameters();");
            return;
        }
        code.Banner($"Adapters: {Title(adapter)}", Places.Line(unit.Lines.Adapter));
        code.Line("using var adapters = Adapt(model);");
        if (MethodSection.Of(adapter)?.AfterAdapters is { } after) code.Line(after);
    }

    public static void WriteAdapt(CodeWriter code, PipelineUnit unit)
    {
        var adapter = unit.Plan.Adapter;
        if (adapter is FullPlan) return;
        code.Line();
        code.Line($"/// <summary>{Title(adapter)} on {string.Join(", ", adapter.Targets)} of {Layers(adapter.Layers)}.</summary>");
        using (code.Block($"private static AdapterSet Adapt({FamilySections.Of(unit.Plan).ModelType} model)"))
        {
            code.Line("var adapters = new AdapterSet();");
            if (MethodSection.Of(adapter)?.BeforeAdapters is { } before) code.Line(before);
            foreach (var stack in adapter.TargetsIn(unit.Plan.Model.Shape).GroupBy(target => target.Stack))
            {
                using (code.Block($"foreach (var layer in {LayersOf(stack.Key, adapter.Layers)})"))
                {
                    foreach (var target in stack) code.Line($"adapters.{Call(adapter, "layer." + target.Member)};");
                }
            }
            if (FamilySections.Of(unit.Plan).Head is { } head)
                code.Line($"adapters.TrainInFull(model.{head}); // the head; not counted as adapter parameters");
            code.Line("return adapters;");
        }
    }

    private static string Call(AdapterPlan adapter, string projection) => adapter switch
    {
        NoraPlan nora => StructureExpression.Call(nora, projection) + Dropout(adapter) + ")",
        LoraPlan lora => $"AddLowRank({projection}, rank: {lora.Rank}, alpha: {CSharp.Number(lora.Alpha)}{Dropout(adapter)})",
        LoraXsPlan loraXs => $"AddLowRankCore({projection}, rank: {loraXs.Rank}, alpha: {CSharp.Number(loraXs.Alpha)}{Dropout(adapter)})",
        _ => MethodSection.Of(adapter) is { } method ? method.Call(projection) + Dropout(adapter) + ")"
            : throw new ArgumentOutOfRangeException(nameof(adapter), adapter.Method, "has no emitter"),
    };

    private static string Dropout(AdapterPlan adapter) => adapter.Dropout > 0 ? $", dropout: {CSharp.Number(adapter.Dropout)}" : "";

    private static string Layers(LayerSelection layers) => layers.Indices is { } indices ? $"layers {string.Join(", ", indices)}" : "all layers";

    /// <summary>The chosen layers of a stack; those that it does not have are another stack's.</summary>
    private static string LayersOf(LayerStack stack, LayerSelection layers) => layers.Indices is { } indices
        ? $"new[] {{ {string.Join(", ", indices.Where(index => index < stack.Count))} }}.Select(index => model.{stack.Member}[index])"
        : $"model.{stack.Member}";
}
