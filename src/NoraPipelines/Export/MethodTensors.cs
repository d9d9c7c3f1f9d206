using NoraPipelines.Adapters;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>
/// What PEFT's file of a method holds for one projection, by the ends of the names: the numbers of an adapter as they are, but LoKr's w1,
/// which takes up the scale (<see cref="MethodFolder"/>).
/// </summary>
internal static class MethodTensors
{
    private const string A = "lora_A.weight", B = "lora_B.weight", Magnitude = "lora_magnitude_vector";
    private const string VectorB = "vera_lambda_b", VectorD = "vera_lambda_d";
    private const string W1 = "lokr_w1", W2A = "lokr_w2_a", W2B = "lokr_w2_b";

    /// <summary>Ends of names that a file of the form may hold. LoKr's w1 and w2 are whole or products of two.</summary>
    public static string[] Names(PeftKind kind) => kind switch
    {
        PeftKind.Dora => [A, B, Magnitude],
        PeftKind.Vera => [VectorB, VectorD],
        PeftKind.Lokr => [W1, "lokr_w1_a", "lokr_w1_b", "lokr_w2", W2A, W2B],
        _ => [A, B],
    };

    /// <summary>The tensors to write, float32; new ones belong to the caller's dispose scope.</summary>
    public static IReadOnlyDictionary<string, Tensor> Of(Adapter adapter) => adapter switch
    {
        WeightDecomposedAdapter dora => new Dictionary<string, Tensor> { [A] = dora.A, [B] = dora.B, [Magnitude] = dora.Magnitude },
        VectorAdapter vera => new Dictionary<string, Tensor> { [VectorB] = vera.OutputScale, [VectorD] = vera.D },
        KroneckerAdapter lokr => new Dictionary<string, Tensor> { [W1] = lokr.W1 * lokr.Scale, [W2A] = lokr.W2A, [W2B] = lokr.W2B },
        LowRankAdapter lora => new Dictionary<string, Tensor> { [A] = lora.A, [B] = lora.B },
        _ => throw new NoraException($"{adapter.Method} has no form of PEFT's own here."),
    };

    /// <summary>Copies what was read into an adapter of the method, whose own scale is kept.</summary>
    /// <param name="scale">Of what was read.</param>
    /// <exception cref="NoraException">Other shapes.</exception>
    public static void Set(Adapter adapter, IReadOnlyDictionary<string, Tensor> read, double scale)
    {
        using var scope = NewDisposeScope();
        switch (adapter)
        {
            case WeightDecomposedAdapter dora:
                // The norm sees s·B, so B takes up a difference of scales.
                dora.SetFactors(read[B] * (scale / dora.Scale), read[A], read[Magnitude]);
                break;
            case VectorAdapter vera:
                vera.SetVectors(read[VectorB], read[VectorD]);
                break;
            case KroneckerAdapter lokr:
                var (w1, w2a, w2b) = Factors(read);
                lokr.SetFactors(w1 * (scale / lokr.Scale), w2a, w2b);
                break;
            default:
                throw new NoraException($"{adapter.Method} does not go on from this form.");
        }
    }

    /// <summary>LoKr's w1 whole and w2 as a product: w1 = w1_a·w1_b, and a whole w2 times the identity.</summary>
    public static (Tensor W1, Tensor W2A, Tensor W2B) Factors(IReadOnlyDictionary<string, Tensor> read)
    {
        var w1 = read.TryGetValue(W1, out var whole) ? whole : read["lokr_w1_a"].mm(read["lokr_w1_b"]);
        if (!read.TryGetValue("lokr_w2", out var w2)) return (w1, read[W2A], read[W2B]);
        var (rows, columns) = (w2.shape[0], w2.shape[1]);
        return columns <= rows ? (w1, w2, eye(columns)) : (w1, eye(rows), w2);
    }
}
