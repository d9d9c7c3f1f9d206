using static TorchSharp.torch;

namespace NoraPipelines.Interop;

/// <summary>The operators of <see cref="LibtorchOperators"/>, of what TorchSharp offers.</summary>
internal static class Composed
{
    public static Tensor SiluGradient(Tensor gradient, Tensor x)
    {
        using var scope = NewDisposeScope();
        var wide = x.to(ScalarType.Float32);
        var sigma = wide.sigmoid();
        var slope = sigma * (1 + wide * (1 - sigma));
        return (gradient.to(ScalarType.Float32) * slope).to(x.dtype).MoveToOuterDisposeScope();
    }

    public static Tensor GroupedAttention(Tensor q, Tensor k, Tensor v, bool causal)
    {
        using var scope = NewDisposeScope();
        var group = q.shape[1] / k.shape[1];
        if (group > 1) (k, v) = (Repeat(k, group), Repeat(v, group));
        return nn.functional.scaled_dot_product_attention(q, k, v, null, p: 0, is_casual: causal).MoveToOuterDisposeScope();
    }

    public static Tensor RmsNorm(Tensor x, Tensor gain, double epsilon)
    {
        using var scope = NewDisposeScope();
        var wide = x.to(ScalarType.Float32);
        var inverse = wide.square().mean([-1L], keepdim: true).add(epsilon).rsqrt(); // [.., 1]
        return (wide * inverse * gain.to(ScalarType.Float32)).to(x.dtype).MoveToOuterDisposeScope();
    }

    public static void Scale(IReadOnlyList<Tensor> tensors, Tensor factor)
    {
        foreach (var tensor in tensors) tensor.mul_(factor);
    }

    /// <summary>[rows, keyHeads, keys, size] → [rows, keyHeads · group, keys, size], each head group times in a row.</summary>
    public static Tensor Repeat(Tensor x, long group)
    {
        var (rows, keyHeads, keys, size) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        return x.unsqueeze(2).expand(rows, keyHeads, group, keys, size).reshape(rows, keyHeads * group, keys, size);
    }
}
