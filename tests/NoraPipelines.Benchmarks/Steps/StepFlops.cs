namespace NoraPipelines.Benchmarks.Steps;

/// <summary>
/// Operations of the matrix products of one training step, a multiplication and an addition being two: forward, the gradients of inputs,
/// the gradients of what trains. The first layer's q, k and v need no gradient of their input, since nothing before them trains.
/// Attention counts the causal half. Elementwise work is left out, so that it shows as overhead.
/// </summary>
internal static class StepFlops
{
    public static double Of(StepShape shape, StepMethod method)
    {
        var (model, tokens) = (shape.Model, (double)shape.AllTokens);
        var total = 2 * 2.0 * model.VocabularySize * model.HiddenSize * tokens; // the head: logits and their inputs' gradients
        total += model.LayerCount * (1 + 2) * 2.0 * shape.Rows * shape.Tokens * shape.Tokens * model.QuerySize; // q·kᵀ and ·v, causal
        foreach (var projection in model.Projections)
        {
            var first = projection.Name is "q_proj" or "k_proj" or "v_proj" ? 1 : 0; // projections whose input needs no gradient
            var weight = 2.0 * projection.In * projection.Out * tokens;
            total += projection.Layers * (weight + method.Forward(projection, tokens));
            total += (projection.Layers - first) * (weight + method.InputGradient(projection, tokens));
            total += projection.Layers * method.Backward(projection, tokens);
        }
        return total;
    }
}
