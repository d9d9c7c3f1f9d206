using System.Text.Json.Nodes;
using NoraPipelines.Export;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>DoRA in PEFT's files: a LoRA with use_dora, and lora_magnitude_vector, the lengths of the rows.</summary>
internal sealed class DoraPeftForm : PeftTensorForm
{
    private const string A = "lora_A.weight", B = "lora_B.weight", Magnitude = "lora_magnitude_vector";

    public override string Method => "dora";

    public override PeftKeys Keys { get; } = new("LORA") { Option = "use_dora" };

    public override IReadOnlyList<string> Names { get; } = [A, B, Magnitude];

    /// <summary>Some files of PEFT 0.12 and later have the name of the module that holds the vector.</summary>
    public override IReadOnlyDictionary<string, string> OtherNames { get; } = new Dictionary<string, string> { [Magnitude + ".weight"] = Magnitude };

    public override bool Fits(PeftTensors tensors, int rank) =>
        tensors.IsMatrix(A, rank, null) && tensors.IsMatrix(B, null, rank) && tensors.IsVector(Magnitude, tensors[B].shape[0]);

    public override PeftSize Size(PeftTensors tensors) => new((int)tensors[B].shape[0], (int)tensors[A].shape[1], (int)tensors[A].shape[0]);

    public override Adapter Make(LinearProjection projection, PeftTensors tensors, MethodAdapter source)
    {
        var rank = (int)tensors[A].shape[0];
        var adapter = new DoraAdapter(projection, rank, tensors.Scale * rank, source.Config.Dropout);
        Set(adapter, tensors);
        return adapter;
    }

    /// <summary>The norm sees s·B, so B takes up a difference of scales.</summary>
    public override void Set(Adapter adapter, PeftTensors tensors)
    {
        using var scope = NewDisposeScope();
        var dora = Own<DoraAdapter>(adapter);
        dora.SetFactors(tensors[B] * (tensors.Scale / dora.Scale), tensors[A], tensors[Magnitude]);
    }

    public override int RankOf(Adapter adapter) => Own<DoraAdapter>(adapter).Rank;

    public override IReadOnlyDictionary<string, Tensor> Tensors(Adapter adapter)
    {
        var dora = Own<DoraAdapter>(adapter);
        return new Dictionary<string, Tensor> { [A] = dora.A, [B] = dora.B, [Magnitude] = dora.Magnitude };
    }

    public override JsonObject Config(JsonObject lora, PeftWriting writing) =>
        PeftConfigWriter.With(lora, ("use_dora", true), ("lora_alpha", PeftConfigWriter.Number(((DoraPlan)writing.Plan).Alpha)));
}
