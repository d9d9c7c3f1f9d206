using NoraPipelines.Interop;
using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>
/// softmax(q·kᵀ / √size + mask)·v, where each key-value head serves heads/keyHeads query heads (Ainslie et al. 2023). Chooses the kernel:
/// blocks of queries where whole texts are learnt from in bfloat16 on a CPU, libtorch's own otherwise, on a GPU without repeating keys.
/// </summary>
internal static class GroupedAttention
{
    /// <summary>q [rows, heads, queries, size], k and v [rows, keyHeads, keys, size] → [rows, heads, queries, size].</summary>
    /// <param name="returned">Null where no backward pass follows: answers then have the fused kernel's smaller rounding.</param>
    public static Tensor Forward(Tensor q, Tensor k, Tensor v, AttentionMask mask, ReturnedGradients? returned)
    {
        if (returned is not null && mask.Causal && q.dtype == ScalarType.BFloat16 && q.device_type == DeviceType.CPU)
            return BlockedAttention.Run(q, k, v, returned);
        var (heads, keyHeads) = (q.shape[1], k.shape[1]);
        if (heads == keyHeads) return Attend(q, k, v, mask);
        // Of a GPU's kernels flash alone takes grouped keys: in two bytes, without a mask. Elsewhere libtorch would make the matrix of all scores of them.
        if (q.device_type != DeviceType.CPU && mask.Additive is null && q.element_size() == 2) return LibtorchOperators.GroupedAttention(q, k, v, mask.Causal);

        using var scope = NewDisposeScope();
        var group = heads / keyHeads;
        if (q.shape[2] == 1)
        {
            // One new token: its grouped heads are queries of the same keys, so nothing has to be repeated.
            var grouped = q.reshape(q.shape[0], keyHeads, group, q.shape[3]);
            return Attend(grouped, k, v, mask).reshape(q.shape).MoveToOuterDisposeScope();
        }
        return Attend(q, Composed.Repeat(k, group), Composed.Repeat(v, group), mask).MoveToOuterDisposeScope();
    }

    private static Tensor Attend(Tensor q, Tensor k, Tensor v, AttentionMask mask) =>
        nn.functional.scaled_dot_product_attention(q, k, v, mask.Additive, p: 0, is_casual: mask.Causal);
}
