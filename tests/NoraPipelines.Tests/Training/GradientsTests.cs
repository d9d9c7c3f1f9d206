using NoraPipelines.Models;
using NoraPipelines.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Training;

public sealed class GradientsTests
{
    [Fact]
    public void The_norm_is_that_of_all_gradients_together_and_clipping_scales_them_to_the_bound()
    {
        using var scope = NewDisposeScope();
        NamedTensor[] parameters = [WithGradient("a", 3f, 0f), WithGradient("b", 0f, 4f), new("frozen", zeros(2))];
        Assert.Equal(5.0, Gradients.ClipNorm(parameters, 1.0), 1e-6);
        Assert.Equal(1.0, Gradients.ClipNorm(parameters, null), 1e-5);
        Assert.Equal([0.6f, 0f], parameters[0].Value.grad!.data<float>().ToArray().Select(value => MathF.Round(value, 5)));
    }

    [Fact]
    public void A_norm_below_the_bound_leaves_the_gradients_to_the_bit()
    {
        using var scope = NewDisposeScope();
        NamedTensor[] parameters = [WithGradient("a", 0.1f, 0.2f)];
        Assert.Equal(Math.Sqrt(0.05), Gradients.ClipNorm(parameters, 1.0), 1e-6);
        Assert.Equal([0.1f, 0.2f], parameters[0].Value.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Clipping_agrees_with_TorchSharp()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var ours = Enumerable.Range(0, 4).Select(index => new NamedTensor($"p{index}", Random(index + 1))).ToArray();
        var theirs = ours.Select(parameter => WithSameGradient(parameter.Value)).ToArray();
        var norm = Gradients.ClipNorm(ours, 0.5);
        var reference = nn.utils.clip_grad_norm_(theirs, 0.5);
        Assert.Equal(reference, norm, 1e-5);
        for (var index = 0; index < ours.Length; index++)
            Assert.True(allclose(ours[index].Value.grad!, theirs[index].grad!, rtol: 1e-5, atol: 1e-8));
    }

    [Fact]
    public void Gradients_of_any_size_and_layout_count_once()
    {
        using var scope = NewDisposeScope();
        var large = zeros(3, 40_000, requires_grad: true);
        large.grad = full([3, 40_000], 0.5f);
        var turned = zeros(2, 3, requires_grad: true);
        turned.grad = tensor(new[,] { { 1f, 2f }, { 3f, 4f }, { 5f, 6f } }).t();
        var huge = zeros(5_000_000, requires_grad: true); // more than are put behind each other
        huge.grad = full([5_000_000], 0.1f);
        NamedTensor[] parameters = [new("large", large), new("turned", turned), new("again", large), new("huge", huge)];
        Assert.Equal(Math.Sqrt((2 * 30_000) + 91 + 50_000), Gradients.ClipNorm(parameters, null), 1e-3);
    }

    [Fact]
    public void A_gradient_that_is_not_finite_is_reported_and_left_alone()
    {
        using var scope = NewDisposeScope();
        NamedTensor[] parameters = [WithGradient("a", float.NaN, 1f), WithGradient("b", 2f, 3f)];
        Assert.True(double.IsNaN(Gradients.ClipNorm(parameters, 1.0)));
        Assert.Equal([2f, 3f], parameters[1].Value.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Without_gradients_the_norm_is_zero() => Assert.Equal(0.0, Gradients.ClipNorm([], 1.0));

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    public void A_bound_that_is_no_norm_is_refused(double bound) =>
        Assert.Throws<NoraException>(() => Gradients.ClipNorm([], bound));

    private static NamedTensor WithGradient(string name, params float[] gradient)
    {
        var parameter = zeros(gradient.Length, requires_grad: true);
        parameter.grad = tensor(gradient);
        return new(name, parameter);
    }

    private static Tensor Random(int size)
    {
        var parameter = zeros(size, 3, requires_grad: true);
        parameter.grad = randn(size, 3);
        return parameter;
    }

    private static Parameter WithSameGradient(Tensor other)
    {
        var parameter = new Parameter(zeros_like(other));
        parameter.grad = other.grad!.clone();
        return parameter;
    }
}
