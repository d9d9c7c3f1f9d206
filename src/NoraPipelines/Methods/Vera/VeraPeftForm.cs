using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>VeRA in PEFT's files: vera_lambda_b and _d of each projection, and the pair that they share, so that nobody has to draw it.</summary>
internal sealed class VeraPeftForm : PeftTensorForm
{
    private const string VectorB = "vera_lambda_b", VectorD = "vera_lambda_d";
    private const string PairA = "vera_A", PairB = "vera_B";

    public override string Method => "vera";

    public override PeftKeys Keys { get; } = new("VERA")
    {
        Alpha = null,
        Own = ["d_initial", "init_weights", "projection_prng_key", "save_projection", "vera_dropout"],
        Dropout = "vera_dropout",
        Required = ("save_projection", "true: the pair is not drawn from a seed as torch draws it. Save the adapter again with save_projection=True"),
    };

    public override IReadOnlyList<string> Names { get; } = [VectorB, VectorD];

    public override IReadOnlyList<string> SharedNames { get; } = [PairA, PairB];

    public override bool Fits(PeftTensors tensors, int rank) => tensors.IsVector(VectorD, rank) && tensors.IsVector(VectorB, null);

    /// <summary>The slice of A is as wide as the projection, so no tensor tells the inputs.</summary>
    public override PeftSize Size(PeftTensors tensors) => new((int)tensors[VectorB].shape[0], null, (int)tensors[VectorD].shape[0]);

    public override Adapter Make(LinearProjection projection, PeftTensors tensors, MethodAdapter source)
    {
        var pair = source.Once(() => new VeraPair(source.Shared[PairA], source.Shared[PairB], projection.Dtype, projection.Device));
        var adapter = new VeraAdapter(projection.OutFeatures, projection.InFeatures, pair, source.Config.Dropout);
        Set(adapter, tensors);
        return adapter;
    }

    public override void Set(Adapter adapter, PeftTensors tensors) => Own<VeraAdapter>(adapter).SetVectors(tensors[VectorB], tensors[VectorD]);

    public override int RankOf(Adapter adapter) => Own<VeraAdapter>(adapter).Rank;

    public override IReadOnlyDictionary<string, Tensor> Tensors(Adapter adapter)
    {
        var vera = Own<VeraAdapter>(adapter);
        return new Dictionary<string, Tensor> { [VectorB] = vera.OutputScale, [VectorD] = vera.D };
    }

    public override JsonObject Config(JsonObject lora, PeftWriting writing)
    {
        var plan = (VeraPlan)writing.Plan;
        return PeftConfigWriter.With(
            PeftConfigWriter.Only(lora, [.. PeftConfigWriter.Common, "bias", "fan_in_fan_out"]), ("d_initial", plan.InitialD), ("init_weights", true),
            ("peft_type", Keys.Type), ("projection_prng_key", plan.ProjectionSeed), ("r", plan.Rank), ("save_projection", true),
            ("vera_dropout", plan.Dropout));
    }

    /// <summary>vera_A [r, in] and vera_B [out, r].</summary>
    public override IReadOnlyDictionary<string, Tensor> ReadShared(SafetensorsFile file, PeftConfig config)
    {
        const string NameA = $"base_model.{PairA}", NameB = $"base_model.{PairB}";
        var rank = config.Rank;
        if (file.Tensors.TryGetValue(NameA, out var a) && file.Tensors.TryGetValue(NameB, out var b)
            && a.Shape.Count == 2 && b.Shape.Count == 2 && a.Shape[0] == rank && b.Shape[1] == rank)
        {
            return new Dictionary<string, Tensor>
            {
                [PairA] = file.ReadFinite(NameA, ScalarType.Float32),
                [PairB] = file.ReadFinite(NameB, ScalarType.Float32),
            };
        }
        throw new CheckpointException($"{file.Path}: has no {NameA} [{rank}, in] and {NameB} [out, {rank}], which VeRA's vectors belong to. Save the "
            + "adapter again with save_projection=True.");
    }
}
