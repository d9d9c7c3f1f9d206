using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tests.Models.Llama;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Methods;

[Collection(RandomState.Name)]
public sealed class AdapterSetTests
{
    [Fact]
    public void Parameters_are_named_by_their_projection_and_counted()
    {
        using var model = TinyDecoder.Create();
        using var set = TinyAdapters.Nested(model);
        Assert.Equal(14, set.Items.Count);
        Assert.Equal(14 * 2, set.Trainable.Count);
        Assert.Equal(14 * 2 * 8 * 4, set.TrainableCount);
        Assert.Contains(set.Trainable, named => named.Name == "model.layers.1.mlp.down_proj.inner_b");
        Assert.Equal(set.Trainable.Count, set.Trainable.Select(named => named.Name).Distinct().Count());
    }

    [Fact]
    public void A_disposed_set_leaves_the_model_as_it_was()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = TinyDecoder.Create();
        var ids = TinyDecoder.Ids(1, 6);
        var before = model.Hidden(ids);
        using (TinyAdapters.LowRank(model)) Assert.False(before.Equals(model.Hidden(ids)));
        Assert.True(before.Equals(model.Hidden(ids)));
    }

    [Fact]
    public void A_second_adapter_on_a_projection_is_refused()
    {
        using var model = TinyDecoder.Create();
        using var set = TinyAdapters.Nested(model);
        using var second = new LoraAdapter(32, 32, 2, 2, 0, CPU);
        var error = Assert.Throws<NoraException>(() => set.Add(model.Layers[0].SelfAttention.QProj, second));
        Assert.Contains("model.layers.0.self_attn.q_proj", error.Message);
        Assert.Contains("nora", error.Message);
    }

    [Fact]
    public void An_adapter_of_another_size_is_refused_with_both()
    {
        using var small = new SmallProjection();
        using var set = new AdapterSet();
        using var adapter = new LoraAdapter(5, 6, 2, 2, 0, CPU);
        var error = Assert.Throws<NoraException>(() => set.Add(small.Projection, adapter));
        Assert.Contains("[12, 10]", error.Message);
        Assert.Contains("[5, 6]", error.Message);
        Assert.Null(small.Projection.Adapter);
    }

    [Fact]
    public void Dropout_acts_in_training_only_and_keeps_the_mean()
    {
        using var small = new SmallProjection();
        using var set = new AdapterSet();
        set.Add(small.Projection, small.Nested(dropout: 0.5));
        var still = small.Projection.Forward(small.X);
        Assert.True(still.Equals(small.Projection.Forward(small.X)));

        set.Training = true;
        Assert.True(set.Training);
        manual_seed(1);
        using var noGradient = no_grad();
        var dropped = small.Projection.Forward(small.X);
        Assert.False(dropped.Equals(small.Projection.Forward(small.X)));
        var mean = stack([.. Enumerable.Range(0, 4000).Select(_ => small.Projection.Forward(small.X))]).mean([0L]);
        var change = (still - nn.functional.linear(small.X, small.Projection.Weight)).abs().max().item<float>();
        Near.Check(still, mean, 0.06 * change, 0, "mean");

        manual_seed(1);
        Assert.True(dropped.Equals(small.Projection.Forward(small.X)));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void A_dropout_outside_its_range_is_refused(double dropout) =>
        Assert.Contains("below 1", Assert.Throws<NoraException>(() => new LoraAdapter(4, 4, 2, 2, dropout, CPU)).Message);
}
