using System.Text.Json;
using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// AdaLoRA in PEFT's files: peft_type ADALORA with the rank_pattern of kept triples, and the kept rows alone. PEFT scales by alpha / init_r
/// whatever is kept, and so is a folder read here.
/// </summary>
// lora_A [kept, in], lora_E [kept, 1], lora_B [out, kept], float32.
internal sealed class AdaLoraPeftForm : PeftForm
{
    public const string Type = "ADALORA";

    public override string Method => "adalora";

    public override bool Matches(JsonElement config) => HasType(config, Type);

    public override IReadOnlyDictionary<string, Tensor> Tensors(Adapter adapter)
    {
        var own = Own<AdaLoraAdapter>(adapter);
        long[] kept = [.. own.Kept().Index().Where(triple => triple.Item).Select(triple => (long)triple.Index)];
        var index = tensor(kept, ScalarType.Int64, device: own.E.device);
        return new Dictionary<string, Tensor>
        {
            ["lora_A"] = own.Q.detach().index_select(0, index),
            ["lora_E"] = own.E.detach().index_select(0, index),
            ["lora_B"] = own.P.detach().index_select(1, index),
        };
    }

    public override JsonObject Config(JsonObject lora, PeftWriting writing)
    {
        var plan = (AdaLoraPlan)writing.Plan;
        return PeftConfigWriter.With(
            lora, ("peft_type", Type),
            ("r", 8), // PEFT's default, which AdaLoRA does not read
            ("init_r", plan.Rank), ("target_r", plan.TargetRank), ("lora_alpha", PeftConfigWriter.Number(plan.Alpha)), ("tinit", plan.InitialSteps),
            ("tfinal", plan.FinalSteps), ("deltaT", plan.EverySteps), ("total_step", writing.Steps), ("beta1", plan.ImportanceDecay),
            ("beta2", plan.UncertaintyDecay), ("orth_reg_weight", plan.OrthogonalWeight), ("rank_pattern", Pattern(writing.Adapters)));
    }

    public override AdapterSet Attach(string folder, IAdaptableModel model, Action<string>? report)
    {
        var config = AdaLoraConfig.Read(CheckpointFolder.File(folder, AdapterFiles.PeftConfig));
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(CheckpointFolder.File(folder, AdapterFiles.PeftWeights));
        var modules = AdaLoraModule.Read(file, config);
        AdapterPlacement.Check(folder, model, modules.Values.Select(module => (module.Path, module.Out, module.In)));
        PeftCompleteness.Check(folder, model, config.Targets, [.. modules.Keys], report);
        SavedModules.Apply(folder, AdaLoraModule.ReadSaved(file, modules.Keys), model.TrainedModules);
        return AdapterSet.On(model, projection => modules.TryGetValue(projection.Path, out var module) ? module.Adapter(file, config, model.Device) : null);
    }

    /// <summary>Which of its triples each projection kept.</summary>
    private JsonObject Pattern(AdapterSet adapters) => new(adapters.Items.Select(item => KeyValuePair.Create(
        $"{item.Projection.Path}.lora_E", (JsonNode?)new JsonArray([.. Own<AdaLoraAdapter>(item.Adapter).Kept().Select(kept => JsonValue.Create(kept))]))));
}
