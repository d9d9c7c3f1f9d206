using NoraPipelines.Interop;

namespace NoraPipelines.Runs.Walking;

/// <summary>What an operator takes: operations of matrix products, and bytes that it reads and writes at least, each tensor once.</summary>
/// <param name="Operations">Multiplications and additions; 0 where the operator is no product.</param>
/// <param name="Wide">Whether the product is one of float32.</param>
internal readonly record struct OperatorCost(double Operations, long Bytes, bool Wide)
{
    // They make tensors without writing them, or look at others another way.
    private static readonly HashSet<string> Free =
    [
        "empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided", "resize_", "view", "_unsafe_view", "reshape", "_reshape_alias", "_reshape_copy", "flatten",
        "as_strided", "t", "transpose", "permute", "expand", "expand_as", "unsqueeze", "squeeze", "slice", "narrow", "select", "split", "split_with_sizes",
        "detach", "detach_", "alias", "lift_fresh", "resolve_conj", "resolve_neg", "numpy_T", "diagonal", "unbind", "result_type", "is_nonzero", "item", "set_", "to",
        "contiguous", "view_as", "chunk", "requires_grad_", "retain_grad", "broadcast_tensors",
    ];

    private const string Attention = "_scaled_dot_product_efficient_attention";

    /// <summary>The operator's cost; null where it takes no time of its own: a view, an allocation, an entry that is no operator.</summary>
    public static OperatorCost? Of(TracedOperator of)
    {
        if (!of.Name.StartsWith("aten::", StringComparison.Ordinal) || of.Name[6..] is var name && Free.Contains(name)) return null;
        var (inputs, outputs) = (of.Inputs, of.Outputs);
        var (read, written) = (inputs.Sum(input => input.Bytes), outputs.Sum(output => output.Bytes));
        var wide = inputs.Count > 0 && inputs[^1].ElementSize == 4;
        return name switch
        {
            "mm" or "bmm" => new(Product(inputs[0], inputs[1]), read + written, wide),
            "addmm" or "addmm_" or "baddbmm" or "baddbmm_" => new(Product(inputs[1], inputs[2]), read + written, wide),
            "mv" or "dot" => new(2.0 * Elements(inputs[0]), read + written, wide),
            Attention => new(4 * Scores(of, inputs[0], inputs[1]), read + written, inputs[0].ElementSize == 4),
            // The backward pass makes the scores again: five products for the two of the forward pass.
            Attention + "_backward" => new(10 * Scores(of, inputs[1], inputs[2]), read + written, inputs[1].ElementSize == 4),
            "fill_" or "zero_" or "normal_" or "uniform_" or "bernoulli_" => new(0, written, false),
            "copy_" => new(0, inputs[1].Bytes + written, false),
            // Rows of a table: those that are asked for.
            "index_select" or "gather" or "index" => new(0, inputs.Skip(1).Sum(input => input.Bytes) + (2 * written), false),
            "scatter_add_" or "index_add_" or "index_put_" => new(0, inputs.Skip(1).Sum(input => input.Bytes) + (2 * inputs[^1].Bytes), false),
            // Reads parameters, gradients and two moments, and writes three of the four.
            "_fused_adamw_" => new(0, read + (3 * read / 4), false),
            "_foreach_mul_" => new(0, 2 * read, false),
            _ => new(0, read + written, false),
        };
    }

    private static double Product(TracedTensor left, TracedTensor right) => 2.0 * Elements(left) * right.Shape[^1];

    private static double Elements(TracedTensor tensor) => tensor.Shape.Aggregate(1.0, (all, size) => all * size);

    /// <summary>rows · heads · queries · keys · size, half of it where queries see what is before them alone.</summary>
    private static double Scores(TracedOperator of, TracedTensor query, TracedTensor key) =>
        Elements(query) * key.Shape[2] * (of.Flags[^1] ? 0.5 : 1);
}
