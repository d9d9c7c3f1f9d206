using NoraPipelines.Models;
using NoraPipelines.Tests.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models;

/// <summary>Blocks of queries against softmax(q·kᵀ/√size)·v in float64, written out.</summary>
public sealed class BlockedAttentionTests
{
    [Theory]
    [InlineData(1, 4, 4, 64, 16)]
    [InlineData(2, 4, 4, 2, 8)]
    [InlineData(2, 6, 2, 65, 8)] // one query in the last block
    [InlineData(1, 8, 1, 191, 32)]
    [InlineData(1, 2, 2, 700, 64)] // the larger blocks
    public void Values_and_gradients_are_those_of_the_definition(long rows, long heads, long keyHeads, long tokens, long size)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        Tensor Normal(long count) => randn([rows, count, tokens, size], generator: generator).bfloat16();
        Tensor[] inputs = [Normal(heads), Normal(keyHeads), Normal(keyHeads)];
        var outputGradient = Normal(heads);

        var (values, gradients) = Run(inputs, outputGradient, BlockedAttention.Run);
        var (expected, expectedGradients) = Run([.. inputs.Select(input => input.to(float64))], outputGradient.to(float64), Definition);

        Close(expected, values, "o");
        foreach (var (name, index) in (IEnumerable<(string, int)>)[("dq", 0), ("dk", 1), ("dv", 2)])
            Close(expectedGradients[index], gradients[index], name);
    }

    [Fact]
    public void A_token_says_nothing_about_those_before_it()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4, CPU);
        var (q, k, v) = (Normal(generator), Normal(generator), Normal(generator));
        var before = BlockedAttention.Run(q, k, v, new ReturnedGradients());
        foreach (var changed in (Tensor[])[k, v]) changed.narrow(2, 70, 1).fill_(50);
        var after = BlockedAttention.Run(q, k, v, new ReturnedGradients());

        SameTensor.Check(before.narrow(2, 0, 70), after.narrow(2, 0, 70), "before it");
        Assert.False(before.narrow(2, 70, 1).equal(after.narrow(2, 70, 1)).all().item<bool>());

        static Tensor Normal(Generator generator) => randn([1, 2, 80, 8], generator: generator).bfloat16();
    }

    [Fact]
    public void Large_scores_do_not_overflow()
    {
        using var scope = NewDisposeScope();
        var large = full([1, 1, 130, 8], 3e3).bfloat16();
        var (values, gradients) = Run([large, large.clone(), large.clone()], ones_like(large), BlockedAttention.Run);

        Near.Check(large, values, 0, 0.01, "o");
        Assert.All(gradients, gradient => Assert.True(gradient.isfinite().all().item<bool>()));
    }

    [Fact]
    public void Blocks_are_for_learning_from_whole_texts_in_bfloat16_alone()
    {
        using var scope = NewDisposeScope();
        var returned = new ReturnedGradients();
        Assert.True(IsBlocked(ScalarType.BFloat16, causal: true, returned));
        Assert.False(IsBlocked(ScalarType.BFloat16, causal: false, returned));
        Assert.False(IsBlocked(ScalarType.Float32, causal: true, returned));
        Assert.False(IsBlocked(ScalarType.BFloat16, causal: true, null));

        static bool IsBlocked(ScalarType dtype, bool causal, ReturnedGradients? returned)
        {
            using var generator = new Generator(5, CPU);
            var q = randn([1, 2, 90, 8], generator: generator).to(dtype);
            var found = GroupedAttention.Forward(q, q, q, new AttentionMask(null, causal), returned);
            return found.equal(BlockedAttention.Run(q, q, q, new ReturnedGradients())).all().item<bool>();
        }
    }

    private static (Tensor Values, Tensor[] Gradients) Run(
        Tensor[] inputs, Tensor outputGradient, Func<Tensor, Tensor, Tensor, ReturnedGradients, Tensor> attention)
    {
        var leaves = inputs.Select(input => input.detach().clone().requires_grad_()).ToArray();
        var output = attention(leaves[0], leaves[1], leaves[2], new ReturnedGradients());
        output.backward([outputGradient]);
        return (output, [.. leaves.Select(leaf => leaf.grad!.clone())]);
    }

    private static Tensor Definition(Tensor q, Tensor k, Tensor v, ReturnedGradients returned)
    {
        var (tokens, group) = (q.shape[2], q.shape[1] / k.shape[1]);
        var scores = q.matmul(k.repeat_interleave(group, dim: 1).transpose(2, 3)) / Math.Sqrt(q.shape[3]);
        var hidden = ones([tokens, tokens], ScalarType.Bool).triu(1);
        return scores.masked_fill(hidden, double.NegativeInfinity).softmax(-1).matmul(v.repeat_interleave(group, dim: 1));
    }

    /// <summary>1.5 % of the tensor's norm in all, bfloat16 having 0.4 % a rounding, and no value far off.</summary>
    private static void Close(Tensor expected, Tensor actual, string name)
    {
        Assert.Equal(ScalarType.BFloat16, actual.dtype);
        var error = ((actual.to(float64) - expected).norm() / expected.norm()).item<double>();
        Assert.True(error < 0.015, $"{name}: the error is {error:P2} of the norm");
        Near.Check(expected, actual, 0.05 * expected.abs().max().item<double>(), 0.02, name);
    }
}
