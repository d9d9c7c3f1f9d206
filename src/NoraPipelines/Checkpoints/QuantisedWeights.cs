using static TorchSharp.torch;

namespace NoraPipelines.Checkpoints;

/// <summary>Refuses weights that are no floating point numbers: what a quantiser leaves means nothing without its scales.</summary>
internal static class QuantisedWeights
{
    public const string Remedy = "It is quantised: use the checkpoint before quantisation.";

    // What the names of a form's own tensors hold, whichever tensor is refused.
    private static readonly (string Part, string Form)[] Forms =
    [
        (".qweight", "GPTQ or AWQ"), (".qzeros", "GPTQ or AWQ"), (".SCB", "bitsandbytes' 8 bits"), (".absmax", "bitsandbytes' 4 bits"),
        (".quant_state.", "bitsandbytes' 4 bits"), (".weight_packed", "compressed-tensors"), (".weight_scale_inv", "blocks of FP8"),
        (".weight_scale", "compressed-tensors or FP8"), (".weight._data", "quanto"), ("_blocks", "MXFP4"), (".biases", "MLX"),
    ];

    /// <param name="expected">Names of tensors that must be weights; beside them those that end in weight or bias are.</param>
    /// <exception cref="CheckpointException">One is stored as whole numbers or bits, with the form where the names tell it.</exception>
    public static void Refuse(string folder, IReadOnlyCollection<TensorEntry> tensors, IReadOnlyDictionary<string, long[]> expected)
    {
        var wrong = tensors.FirstOrDefault(entry => !IsFloat(entry.Dtype)
            && (IsWeight(entry.Name) || expected.ContainsKey(entry.Name) || Forms.Any(form => form.Part is ".qweight" or ".weight_packed" && Holds(entry, form.Part))));
        if (wrong is null) return;
        var (part, name) = Forms.FirstOrDefault(form => tensors.Any(entry => Holds(entry, form.Part)));
        var told = part is null ? "" : $" The names of its tensors ('…{part}') are those of {name}.";
        throw new CheckpointException($"{folder}: tensor '{wrong.Name}' is stored as {SafetensorsDtype.Word(wrong.Dtype)}; a weight must be float64, float32, "
            + $"float16 or bfloat16.{told} {Remedy}");
    }

    /// <summary>Whether numbers of this dtype can be weights.</summary>
    public static bool IsFloat(ScalarType dtype) => dtype is ScalarType.Float64 or ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16;

    private static bool IsWeight(string name) => name.EndsWith(".weight", StringComparison.Ordinal) || name.EndsWith(".bias", StringComparison.Ordinal);

    private static bool Holds(TensorEntry entry, string part) => entry.Name.Contains(part, StringComparison.Ordinal);
}
