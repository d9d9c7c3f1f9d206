using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Llama;

public sealed class AttentionTests
{
    [Fact]
    public void Without_padding_and_window_no_mask_is_made()
    {
        var plain = AttentionMask.Build(5, 5, window: null, padding: null, ScalarType.Float32, CPU);
        Assert.True(plain is { Causal: true, Additive: null });
        var wide = AttentionMask.Build(5, 5, window: 5, padding: null, ScalarType.Float32, CPU);
        Assert.True(wide is { Causal: true, Additive: null });
        var next = AttentionMask.Build(1, 9, window: null, padding: null, ScalarType.Float32, CPU);
        Assert.True(next is { Causal: false, Additive: null });
    }

    [Fact]
    public void A_query_sees_its_window_and_no_padding_but_always_itself()
    {
        using var scope = NewDisposeScope();
        var padding = tensor(new[,] { { false, false, true, true, true } });
        var mask = AttentionMask.Build(5, 5, window: 2, padding, ScalarType.Float32, CPU).Additive!;
        var seen = mask.isfinite()[0, 0];
        var expected = tensor(new[,]
        {
            { true, false, false, false, false },
            { false, true, false, false, false },
            { false, false, true, false, false },
            { false, false, true, true, false },
            { false, false, false, true, true },
        });
        Assert.True(seen.Equals(expected), seen.ToString(TorchSharp.TensorStringStyle.Numpy));
    }

    [Fact]
    public void Later_queries_over_a_past_see_what_they_would_have_seen_at_once()
    {
        using var scope = NewDisposeScope();
        var padding = tensor(new[,] { { false, true, true, true, true }, { true, true, true, true, true } });
        var whole = AttentionMask.Build(5, 5, window: 3, padding, ScalarType.Float32, CPU).Additive!;
        var late = AttentionMask.Build(2, 5, window: 3, padding, ScalarType.Float32, CPU).Additive!;
        Assert.True(late.Equals(whole.narrow(2, 3, 2)));
    }

    [Fact]
    public void Grouped_heads_share_keys_for_one_query_as_for_many()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var q = randn([2, 6, 4, 8], generator: generator);
        var (k, v) = (randn([2, 3, 4, 8], generator: generator), randn([2, 3, 4, 8], generator: generator));

        Tensor Repeated(Tensor x) => x.repeat_interleave(2, dim: 1);
        var scores = q.matmul(Repeated(k).transpose(2, 3)) / Math.Sqrt(8);
        var hidden = ones([4, 4], ScalarType.Bool).triu(1);
        var expected = scores.masked_fill(hidden, double.NegativeInfinity).softmax(-1).matmul(Repeated(v));

        Near.Check(expected, GroupedAttention.Forward(q, k, v, new AttentionMask(null, Causal: true), null), 1e-5, 1e-5, "all queries");
        Near.Check(
            expected.narrow(2, 3, 1), GroupedAttention.Forward(q.narrow(2, 3, 1), k, v, new AttentionMask(null, Causal: false), null),
            1e-5, 1e-5, "the last query");
    }

    [Fact]
    public void Padding_has_no_influence_on_tokens()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = TinyDecoder.Create();
        var ids = TinyDecoder.Ids(1, 8);
        var mask = ones([1, 8], ScalarType.Bool);
        mask[0, TensorIndex.Slice(0, 3)] = false;
        var other = ids.clone();
        other.narrow(1, 0, 3).fill_(1);

        var (first, second) = (model.Hidden(ids, mask), model.Hidden(other, mask));
        Near.Check(first.narrow(1, 3, 5), second.narrow(1, 3, 5), 0, 0, "hidden");
        Assert.True((first - second).narrow(1, 0, 3).abs().max().item<float>() > 1e-3);
    }
}
