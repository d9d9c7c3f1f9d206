using System.Text.Json.Nodes;
using NoraPipelines.Export;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// LoKr in PEFT's files: lokr_w1, which takes up the scale, lokr_w2_a and lokr_w2_b. Files of others may hold w1 as a product and w2 whole.
/// </summary>
internal sealed class LokrPeftForm : PeftTensorForm
{
    private const string W1 = "lokr_w1", W1A = "lokr_w1_a", W1B = "lokr_w1_b", W2 = "lokr_w2", W2A = "lokr_w2_a", W2B = "lokr_w2_b";

    public override string Method => "lokr";

    /// <summary>Alpha is that of the product since PEFT 0.14, which is when rank_dropout_scale came.</summary>
    public override PeftKeys Keys { get; } = new("LOKR")
    {
        Alpha = "alpha",
        Dropout = null,
        ScaledSince = "rank_dropout_scale",
        Own =
        [
            "alpha", "alpha_pattern", "decompose_both", "decompose_factor", "init_weights", "module_dropout", "rank_dropout", "rank_dropout_scale",
            "rank_pattern", "use_effective_conv2d",
        ],
    };

    public override IReadOnlyList<string> Names { get; } = [W1, W1A, W1B, W2, W2A, W2B];

    public override bool Fits(PeftTensors tensors, int rank) => Product(tensors, W1, rank) && Product(tensors, W2, rank);

    public override PeftSize Size(PeftTensors tensors) => new(
        (int)Math.Min(int.MaxValue, Side(tensors, W1, 0) * Side(tensors, W2, 0)),
        (int)Math.Min(int.MaxValue, Side(tensors, W1, 1) * Side(tensors, W2, 1)),
        tensors.Has(W2A) ? (int)tensors[W2A].shape[1] : null);

    public override Adapter Make(LinearProjection projection, PeftTensors tensors, MethodAdapter source)
    {
        using var scope = NewDisposeScope();
        var (w1, w2a, w2b) = Factors(tensors);
        return new LokrAdapter(w1, w2a, w2b, tensors.Scale, source.Config.Dropout, projection.Device);
    }

    public override void Set(Adapter adapter, PeftTensors tensors)
    {
        using var scope = NewDisposeScope();
        var lokr = Own<LokrAdapter>(adapter);
        var (w1, w2a, w2b) = Factors(tensors);
        lokr.SetFactors(w1 * (tensors.Scale / lokr.Scale), w2a, w2b);
    }

    public override int RankOf(Adapter adapter) => Own<LokrAdapter>(adapter).Rank;

    public override string? Difference(PeftTensors tensors, Adapter adapter)
    {
        var w1 = Own<LokrAdapter>(adapter).W1;
        var (rows, columns) = (Side(tensors, W1, 0), Side(tensors, W1, 1));
        return (rows, columns) == (w1.shape[0], w1.shape[1]) ? null
            : $"the folder's first factor is {rows}×{columns}, the spec's is {w1.shape[0]}×{w1.shape[1]}; give the spec the factor";
    }

    public override IReadOnlyDictionary<string, Tensor> Tensors(Adapter adapter)
    {
        var lokr = Own<LokrAdapter>(adapter);
        return new Dictionary<string, Tensor> { [W1] = lokr.W1 * lokr.Scale, [W2A] = lokr.W2A, [W2B] = lokr.W2B };
    }

    /// <summary>w1 has taken up the scale: alpha = r is right for versions that scale and for those that do not.</summary>
    public override JsonObject Config(JsonObject lora, PeftWriting writing)
    {
        var plan = (LokrPlan)writing.Plan;
        return PeftConfigWriter.With(
            PeftConfigWriter.Only(lora, PeftConfigWriter.Common), ("alpha", plan.Rank), ("alpha_pattern", new JsonObject()), ("decompose_both", false),
            ("decompose_factor", plan.Factor ?? -1), ("init_weights", true), ("module_dropout", 0.0), ("peft_type", Keys.Type), ("r", plan.Rank),
            ("rank_dropout", 0.0), ("rank_pattern", new JsonObject()), ("use_effective_conv2d", false));
    }

    /// <summary>w1 whole and w2 as a product: w1 = w1_a·w1_b, and a whole w2 times the identity.</summary>
    private static (Tensor W1, Tensor W2A, Tensor W2B) Factors(PeftTensors tensors)
    {
        var w1 = tensors.Has(W1) ? tensors[W1] : tensors[W1A].mm(tensors[W1B]);
        if (!tensors.Has(W2)) return (w1, tensors[W2A], tensors[W2B]);
        var w2 = tensors[W2];
        var (rows, columns) = (w2.shape[0], w2.shape[1]);
        return columns <= rows ? (w1, w2, eye(columns)) : (w1, eye(rows), w2);
    }

    /// <summary>Whether a factor is whole, or a product of two of the rank.</summary>
    private static bool Product(PeftTensors tensors, string name, long rank) => tensors.Has(name)
        ? tensors.IsMatrix(name, null, null) && !tensors.Has(name + "_a") && !tensors.Has(name + "_b")
        : tensors.IsMatrix(name + "_a", null, rank) && tensors.IsMatrix(name + "_b", rank, null);

    /// <summary>Rows (0) or columns (1) of a factor, whole or as a product.</summary>
    private static long Side(PeftTensors tensors, string name, int dimension) =>
        (tensors.Has(name) ? tensors[name] : tensors[name + (dimension == 0 ? "_a" : "_b")]).shape[dimension];
}
