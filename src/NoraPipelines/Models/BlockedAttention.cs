using NoraPipelines.Kernels;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace NoraPipelines.Models;

/// <summary>
/// Causal attention in bfloat16 on a CPU, one block of queries after another: a block meets only the keys up to its own end, heads that
/// share keys are rows of one product, and the probabilities of a block are gone before the next. The backward pass makes them again
/// (Rabe and Staats 2021), so the graph keeps q, k and v alone. All of it is matrix products, which run at the processor's bfloat16 rate;
/// libtorch's fused attention reaches its float32 rate at best (docs/performance.md). Scores are rounded to bfloat16 before the softmax, as
/// transformers' eager attention does: 0.7 % of error in the output where the fused kernel has 0.2 %.
/// <code>
///     P = softmax(q·kᵀ / √size)         o = P·v
///     dv = Pᵀ·do      dS = P ⊙ (dP − Σ dP ⊙ P),  dP = do·vᵀ      dq = dS·k / √size      dk = dSᵀ·q / √size
/// </code>
/// </summary>
// Legend: rows = batch, heads = keyHeads · group, tokens = queries = keys, flat = rows · keyHeads, some = queries of a block,
// seen = keys up to its end.
internal sealed class BlockedAttention : SingleTensorFunction<BlockedAttention>
{
    public override string Name => nameof(BlockedAttention);

    /// <summary>q [rows, heads, tokens, size], k and v [rows, keyHeads, tokens, size] → [rows, heads, tokens, size].</summary>
    public static Tensor Run(Tensor q, Tensor k, Tensor v, ReturnedGradients returned)
    {
        if (is_grad_enabled() && (q.requires_grad || k.requires_grad || v.requires_grad)) return apply(q, k, v, returned);
        return Forward(q, k, v);
    }

    public override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        var (q, k, v) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        ctx.save_data("returned", vars[3]);
        ctx.save_for_backward([q, k, v]);
        return Forward(q, k, v);
    }

    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var gradients = Backward(saved[0], saved[1], saved[2], grad_output);
        grad_output.Dispose();
        ((ReturnedGradients)ctx.get_data("returned")).Replace(gradients);
        return [.. gradients, null!];
    }

    private static Tensor Forward(Tensor q, Tensor k, Tensor v)
    {
        using var scope = NewDisposeScope();
        var (heads, blocks) = (new Heads(q, k), Blocks(q.shape[2]));
        var (keys, values) = (heads.Flat(k), heads.Flat(v)); // [flat, tokens, size]
        var output = heads.Empty(q); // [rows, heads, tokens, size]
        foreach (var (start, count) in blocks)
        {
            using var block = NewDisposeScope();
            var probabilities = heads.Probabilities(heads.Block(q, start, count), keys.narrow(1, 0, start + count), start, count);
            heads.Write(output, start, count, probabilities.bmm(values.narrow(1, 0, start + count)));
        }
        return output.MoveToOuterDisposeScope();
    }

    private static Tensor[] Backward(Tensor q, Tensor k, Tensor v, Tensor outputGradient)
    {
        using var scope = NewDisposeScope();
        var (heads, blocks) = (new Heads(q, k), Blocks(q.shape[2]));
        var (keys, values) = (heads.Flat(k), heads.Flat(v)); // [flat, tokens, size]
        var queryGradient = empty(q.shape, q.dtype, q.device); // [rows, heads, tokens, size]
        var keyGradient = zeros_like(keys, ScalarType.Float32); // sums over blocks, in float32
        var valueGradient = zeros_like(values, ScalarType.Float32);
        foreach (var (start, count) in blocks)
        {
            using var block = NewDisposeScope();
            var seen = start + count;
            var queries = heads.Block(q, start, count); // [flat, group · some, size]
            var gradient = heads.Block(outputGradient, start, count); // [flat, group · some, size]
            var (someKeys, someValues) = (keys.narrow(1, 0, seen), values.narrow(1, 0, seen)); // [flat, seen, size]
            var probabilities = heads.Probabilities(queries, someKeys, start, count); // [flat, group · some, seen]
            valueGradient.narrow(1, 0, seen).add_(probabilities.transpose(1, 2).bmm(gradient).to(ScalarType.Float32));

            var scores = gradient.bmm(someValues.transpose(1, 2)); // dP, then dS
            CausalSoftmaxKernel.Backward(heads.ByQuery(probabilities, count), heads.ByQuery(scores, count), start, heads.Scale);
            keyGradient.narrow(1, 0, seen).add_(scores.transpose(1, 2).bmm(queries).to(ScalarType.Float32));
            heads.Write(queryGradient, start, count, scores.bmm(someKeys));
        }
        return
        [
            queryGradient.MoveToOuterDisposeScope(),
            keyGradient.to(k.dtype).view(k.shape).MoveToOuterDisposeScope(),
            valueGradient.to(v.dtype).view(v.shape).MoveToOuterDisposeScope(),
        ];
    }

    private static IEnumerable<(long Start, long Count)> Blocks(long tokens)
    {
        const long Size = 128; // shorter ones leave out more of what is masked, longer ones make larger products
        for (long start = 0; start < tokens; start += Size) yield return (start, Math.Min(Size, tokens - start));
    }

    /// <summary>How query heads are laid beside the key head that they share.</summary>
    private readonly struct Heads(Tensor q, Tensor k)
    {
        private readonly long _rows = q.shape[0];
        private readonly long _keyHeads = k.shape[1];
        private readonly long _group = q.shape[1] / k.shape[1];
        private readonly long _size = q.shape[3];

        public float Scale => 1f / MathF.Sqrt(_size);

        /// <summary>[rows, heads, tokens, size], laid out token by token, as the next projection reads it.</summary>
        public Tensor Empty(Tensor like) =>
            empty([_rows, like.shape[2], _keyHeads * _group, _size], like.dtype, like.device).transpose(1, 2);

        /// <summary>[rows, keyHeads, tokens, size] → [flat, tokens, size].</summary>
        public Tensor Flat(Tensor x) => x.reshape(_rows * _keyHeads, -1, _size);

        /// <summary>[rows, heads, tokens, size] → [flat, group · some, size].</summary>
        public Tensor Block(Tensor x, long start, long count) =>
            x.narrow(2, start, count).reshape(_rows * _keyHeads, _group * count, _size);

        /// <summary>block [flat, group · some, size] into its place in x [rows, heads, tokens, size].</summary>
        public void Write(Tensor x, long start, long count, Tensor block) =>
            x.narrow(2, start, count).copy_(block.view(_rows, _keyHeads * _group, count, _size));

        /// <summary>[flat, group · some, size] and [flat, seen, size] → [flat, group · some, seen].</summary>
        public Tensor Probabilities(Tensor queries, Tensor keys, long start, long count)
        {
            var scores = queries.bmm(keys.transpose(1, 2));
            CausalSoftmaxKernel.Forward(ByQuery(scores, count), start, Scale);
            return scores;
        }

        /// <summary>[flat, group · some, seen] → [flat, group, some, seen].</summary>
        public Tensor ByQuery(Tensor x, long count) => x.view(_rows * _keyHeads, _group, count, x.shape[^1]);
    }
}
