using NoraPipelines.Adapters;
using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>The tensors of one projection in a file of a method's own form.</summary>
/// <param name="Path">model.layers.0.self_attn.q_proj.</param>
/// <param name="Tensors">By the ends of their names (<see cref="MethodTensors.Names"/>), of shapes that fit together; float32.</param>
internal sealed record MethodModule(PeftKind Kind, string Path, IReadOnlyDictionary<string, Tensor> Tensors, double Scale)
{
    private Tensor this[string name] => Tensors[name];

    public int Out => Kind switch
    {
        PeftKind.Vera => (int)this["vera_lambda_b"].shape[0],
        PeftKind.Lokr => (int)Math.Min(int.MaxValue, Side(0, 0) * Side(1, 0)),
        _ => (int)this["lora_B.weight"].shape[0],
    };

    /// <summary>Null where the tensors do not tell: VeRA's slice is as wide as the projection.</summary>
    public int? In => Kind switch
    {
        PeftKind.Vera => null,
        PeftKind.Lokr => (int)Math.Min(int.MaxValue, Side(0, 1) * Side(1, 1)),
        _ => (int)this["lora_A.weight"].shape[1],
    };

    /// <summary>Of lokr: the inner width of w2's product; null where it is whole.</summary>
    public int? Rank => Kind switch
    {
        PeftKind.Vera => (int)this["vera_lambda_d"].shape[0],
        PeftKind.Lokr => Tensors.TryGetValue("lokr_w2_a", out var w2a) ? (int)w2a.shape[1] : null,
        _ => (int)this["lora_A.weight"].shape[0],
    };

    /// <summary>An adapter of these values; whoever asked owns it.</summary>
    /// <param name="pair">VeRA's.</param>
    public Adapter Adapter(LinearProjection projection, PeftConfig config, SharedProjections? pair, Device device)
    {
        using var scope = NewDisposeScope();
        switch (Kind)
        {
            case PeftKind.Dora:
                var dora = new WeightDecomposedAdapter(projection, Rank!.Value, Scale * Rank.Value, config.Dropout);
                MethodTensors.Set(dora, Tensors, Scale);
                return dora;
            case PeftKind.Vera:
                var vera = new VectorAdapter(projection.OutFeatures, projection.InFeatures, pair!, config.Dropout);
                MethodTensors.Set(vera, Tensors, Scale);
                return vera;
            default:
                var (w1, w2a, w2b) = MethodTensors.Factors(Tensors);
                return new KroneckerAdapter(w1, w2a, w2b, Scale, config.Dropout, device);
        }
    }

    /// <summary>Checks that the tensors are all there and fit together, and the config.</summary>
    /// <exception cref="CheckpointException">They do not.</exception>
    public void Check(string path, PeftConfig config)
    {
        var rank = config.RankOf(Path);
        var fits = Kind switch
        {
            PeftKind.Dora => Is("lora_A.weight", rank, null) && Is("lora_B.weight", null, rank) && IsVector("lora_magnitude_vector", Tensors["lora_B.weight"].shape[0]),
            PeftKind.Vera => IsVector("vera_lambda_d", rank) && IsVector("vera_lambda_b", null),
            _ => Product("lokr_w1", rank) && Product("lokr_w2", rank),
        };
        if (!fits)
        {
            var found = string.Join(", ", Tensors.Select(tensor => $"{tensor.Key} [{string.Join(", ", tensor.Value.shape)}]"));
            throw new CheckpointException($"{path}: module '{Path}' has {found}; expected {Words.Of(Kind)}'s tensors of rank {rank}, as "
                + $"{AdapterFiles.PeftConfig} has it. The file is incomplete, or the two files are not from one adapter.");
        }
        if (config.Targets.Contains(Path)) return;
        throw new CheckpointException($"{path}: holds module '{Path}', which target_modules, layers_to_transform and exclude_modules of "
            + $"{AdapterFiles.PeftConfig} leave out; PEFT would pass it over. The two files are not from one adapter.");
    }

    private bool Is(string name, long? rows, long? columns) => Tensors.TryGetValue(name, out var value) && value.dim() == 2
        && value.shape.All(side => side > 0) && (rows is null || value.shape[0] == rows) && (columns is null || value.shape[1] == columns);

    private bool IsVector(string name, long? length) =>
        Tensors.TryGetValue(name, out var value) && value.dim() == 1 && value.shape[0] > 0 && (length is null || value.shape[0] == length);

    /// <summary>Whole, or two factors of the rank.</summary>
    private bool Product(string name, long rank) => Tensors.ContainsKey(name) ? Is(name, null, null) && !Tensors.ContainsKey(name + "_a") && !Tensors.ContainsKey(name + "_b")
        : Is(name + "_a", null, rank) && Is(name + "_b", rank, null);

    /// <summary>Of lokr: rows (0) or columns (1) of w1 (0) or w2 (1), whole or as a product.</summary>
    internal long Side(int factor, int dimension)
    {
        var name = factor == 0 ? "lokr_w1" : "lokr_w2";
        return Tensors.TryGetValue(name, out var whole) ? whole.shape[dimension] : this[name + (dimension == 0 ? "_a" : "_b")].shape[dimension];
    }
}
