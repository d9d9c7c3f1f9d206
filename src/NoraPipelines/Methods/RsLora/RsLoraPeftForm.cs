using System.Text.Json;
using System.Text.Json.Nodes;
using NoraPipelines.Export;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>rsLoRA in PEFT's files: a LoRA with use_rslora.</summary>
internal sealed class RsLoraPeftForm : PeftForm
{
    public override string Method => "rslora";

    /// <summary>Never: it is read as the LoRA that it is, and use_rslora is no more than its scale (<see cref="PeftConfig.UseRsLora"/>).</summary>
    public override bool Matches(JsonElement config) => false;

    public override IReadOnlyDictionary<string, Tensor> Tensors(Adapter adapter)
    {
        var lora = Own<RsLoraAdapter>(adapter);
        return new Dictionary<string, Tensor> { ["lora_A.weight"] = lora.A, ["lora_B.weight"] = lora.B };
    }

    public override JsonObject Config(JsonObject lora, PeftWriting writing) =>
        PeftConfigWriter.With(lora, ("use_rslora", true), ("lora_alpha", PeftConfigWriter.Number(((RsLoraPlan)writing.Plan).Alpha)));

    public override AdapterSet Attach(string folder, IAdaptableModel model, Action<string>? report) => PeftAdapter.Attach(model, folder, report);
}
