using NoraPipelines.Generator.Emission.Methods;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>What trains: an adapter on each target, by one typed call each, or the whole model.</summary>
internal static class AdapterSection
{
    /// <summary>Member of a layer that each projection is; a name that a family lacks would not compile.</summary>
    private static readonly Dictionary<string, string> Members = new()
    {
        ["q_proj"] = "SelfAttention.QProj",
        ["k_proj"] = "SelfAttention.KProj",
        ["v_proj"] = "SelfAttention.VProj",
        ["o_proj"] = "SelfAttention.OProj",
        ["gate_proj"] = "Mlp.GateProj",
        ["up_proj"] = "Mlp.UpProj",
        ["down_proj"] = "Mlp.DownProj",
        ["query"] = "Attention.Self.Query",
        ["key"] = "Attention.Self.Key",
        ["value"] = "Attention.Self.Value",
        ["attention.output.dense"] = "Attention.Output.Dense",
        ["intermediate.dense"] = "Intermediate.Dense",
        ["output.dense"] = "Output.Dense",
    };

    public static void WriteUse(CodeWriter code, PipelineUnit unit)
    {
        code.Line();
        MethodSections.Of(unit.Plan.Adapter).WriteUse(code, unit);
    }

    public static void WriteAdapt(CodeWriter code, PipelineUnit unit) => MethodSections.Of(unit.Plan.Adapter).WriteAdapt(code, unit);

    /// <summary>A target of a layer: layer.SelfAttention.QProj.</summary>
    public static string Member(string target) => "layer." + Members[target];

    /// <summary>Lets a classifier's head train beside the adapters.</summary>
    public static void WriteHead(CodeWriter code, PipelinePlan plan)
    {
        if (plan.Model.Shape is EncoderShape) code.Line("adapters.TrainInFull(model.Classifier); // the head; not counted as adapter parameters");
    }

    public static string Layers(LayerSelection layers) => layers.Indices is { } indices ? $"layers {string.Join(", ", indices)}" : "all layers";

    public static string LayersOf(LayerSelection layers) =>
        layers.Indices is { } indices ? $"new[] {{ {string.Join(", ", indices)} }}.Select(index => model.Layers[index])" : "model.Layers";
}
