using NoraPipelines.Interop;
using NoraPipelines.Models;
using NoraPipelines.Tests.Build;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tests.Models;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Interop;

[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class LibtorchOperatorsTests
{
    [LinuxFact]
    public void The_shipped_libtorch_has_the_operators() => Assert.True(LibtorchOperators.Available);

    [Theory]
    [InlineData(ScalarType.Float32, 1e-6)]
    [InlineData(ScalarType.BFloat16, 0.02)]
    public void Fused_and_composed_gradients_agree(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2, CPU);
        var (gradient, x) = (randn([3, 7, 65], generator: generator).to(TestDevice.Here).to(dtype), randn([3, 7, 65], generator: generator).to(TestDevice.Here).to(dtype));
        var fused = LibtorchOperators.SiluGradient(gradient, x);
        using var composed = LibtorchOperators.WithoutFused();

        Assert.False(LibtorchOperators.Available);
        Assert.Equal(dtype, fused.dtype);
        Near.Check(LibtorchOperators.SiluGradient(gradient, x), fused, tolerance, tolerance, "silu");
    }

    [Theory]
    [InlineData(ScalarType.Float32, 1e-5)]
    [InlineData(ScalarType.BFloat16, 0.03)]
    public void Fused_attention_and_norm_agree_with_the_compositions_in_values_and_gradients(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        static Tensor[] Run(ScalarType dtype, bool without)
        {
            using var composed = without ? LibtorchOperators.WithoutFused() : null;
            using var generator = new Generator(4, CPU);
            Tensor Leaf(params long[] shape) => randn(shape, generator: generator).to(dtype, TestDevice.Here).requires_grad_();
            var (q, k, v, x, gain) = (Leaf(2, 6, 5, 8), Leaf(2, 2, 5, 8), Leaf(2, 2, 5, 8), Leaf(3, 4, 24), Leaf(24));
            var (mixed, normed) = (LibtorchOperators.GroupedAttention(q, k, v, causal: true), LibtorchOperators.RmsNorm(x, gain, 1e-5));
            ((mixed * mixed.detach().cos()).sum() + (normed * normed.detach().cos()).sum()).backward();
            Assert.Equal((dtype, dtype), (mixed.dtype, normed.dtype));
            return [mixed, normed, q.grad!, k.grad!, v.grad!, x.grad!, gain.grad!, LibtorchOperators.GroupedAttention(q, k, v, causal: false)];
        }
        var (fused, plain) = (Run(dtype, false), Run(dtype, true));
        for (var i = 0; i < fused.Length; i++) Near.Check(plain[i], fused[i], tolerance, tolerance, $"result {i}");
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Tensors_scaled_at_once_are_those_scaled_one_by_one(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        Tensor[] tensors = [randn([7, 3], generator: generator).to(TestDevice.Here).to(dtype), randn([5], generator: generator).to(TestDevice.Here).to(dtype), randn([4, 6], generator: generator).to(TestDevice.Here).to(dtype).t()];
        Tensor[] others = [.. tensors.Select(tensor => tensor.clone())];
        LibtorchOperators.Scale(tensors, tensor(0.3f, device: TestDevice.Here));
        using var composed = LibtorchOperators.WithoutFused();
        LibtorchOperators.Scale(others, tensor(0.3f, device: TestDevice.Here));
        foreach (var (one, other) in tensors.Zip(others)) Assert.True(one.Equals(other));
    }

    [Fact]
    public void Tensors_that_lie_otherwise_in_memory_give_the_same()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2, CPU);
        var (gradient, x) = (randn([9, 5], generator: generator).to(TestDevice.Here), randn([9, 5], generator: generator).to(TestDevice.Here));
        Near.Check(LibtorchOperators.SiluGradient(gradient.t().contiguous(), x.t().contiguous()),
            LibtorchOperators.SiluGradient(gradient.t(), x.t()), 1e-6, 1e-6, "transposed");
    }

    [Fact]
    public void What_does_not_fit_together_is_refused_before_libtorch_sees_it()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => LibtorchOperators.SiluGradient(ones(3), ones(4)));
        Assert.Throws<ArgumentException>(() => LibtorchOperators.SiluGradient(ones(3), ones([3], ScalarType.BFloat16)));
        Assert.Throws<ArgumentException>(() => LibtorchOperators.RmsNorm(ones(2, 3), ones(2), 1e-5));
        Assert.Throws<ArgumentException>(() => LibtorchOperators.RmsNorm(ones(2, 3), ones([3], ScalarType.BFloat16), 1e-5));
        Assert.Throws<ArgumentException>(() => LibtorchOperators.GroupedAttention(ones(1, 3, 2, 4), ones(1, 2, 2, 4), ones(1, 2, 2, 4), true));
        Assert.Throws<ArgumentException>(() => LibtorchOperators.GroupedAttention(ones(1, 4, 2, 4), ones(1, 2, 2, 8), ones(1, 2, 2, 8), true));
        Assert.Throws<ArgumentException>(() => LibtorchOperators.GroupedAttention(ones(4, 2, 4), ones(2, 2, 4), ones(2, 2, 4), true));
        Assert.Throws<ArgumentException>(() => LibtorchOperators.Scale([ones(3)], ones(1)));
        using var noGradient = no_grad();
        Tensor[] one = [ones(3)], transposed = [ones(2, 3).t()];
        void Step(Tensor[] parameters, Tensor[] gradients, Tensor[] means, Tensor step) =>
            LibtorchOperators.AdamWStep(parameters, gradients, means, means, step, 0.1, 0.9, 0.999, 0, 1e-8);
        Assert.Throws<ArgumentException>(() => Step(one, [], one, ones([])));
        Assert.Throws<ArgumentException>(() => Step(one, [ones(4)], one, ones([])));
        Assert.Throws<ArgumentException>(() => Step(one, [ones([3], ScalarType.Float64)], one, ones([])));
        Assert.Throws<ArgumentException>(() => Step(one, one, one, ones([], ScalarType.Int64)));
        Assert.Throws<ArgumentException>(() => Step(transposed, transposed, transposed, ones([])));
    }

    [Fact]
    public void The_switch_is_on_or_off()
    {
        Assert.True(LibtorchOperators.Allowed(null));
        Assert.True(LibtorchOperators.Allowed("on"));
        Assert.False(LibtorchOperators.Allowed("off"));
        Assert.Contains("must be on or off", Assert.Throws<NoraException>(() => LibtorchOperators.Allowed("of")).Message);
    }

    [LinuxFact]
    public void An_operator_that_libtorch_refuses_or_does_not_have_is_an_error_of_ours()
    {
        using var scope = NewDisposeScope();
        var library = LibtorchInterface.Find()!;
        var words = new ulong[1];
        Assert.Contains("NORA_INTEROP=off", Assert.Throws<NoraException>(() => library.Call("aten::there_is_no_such_operator", words)).Message);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.05)]
    public void Fused_and_composed_AdamW_agree_over_thirty_steps(double decay)
    {
        using var scope = NewDisposeScope();
        var (fused, composed) = (Thirty(decay, without: false), Thirty(decay, without: true));
        for (var i = 0; i < fused.Length; i++) Near.Check(composed[i].Value, fused[i].Value, 2e-6, 2e-6, fused[i].Name);
    }

    [Fact]
    public void AdamW_of_masters_groups_transposes_and_missing_gradients_is_the_same_fused()
    {
        using var scope = NewDisposeScope();
        static Tensor[] Run(bool without)
        {
            using var composed = without ? LibtorchOperators.WithoutFused() : null;
            using var generator = new Generator(3, CPU);
            Tensor Draw(params long[] shape) => randn(shape, generator: generator).to(TestDevice.Here);
            var parameters = new[]
            {
                Draw(4, 6), Draw(6, 4).t(), Draw(5).bfloat16(), Draw(3), Draw(7),
            };
            foreach (var parameter in parameters) parameter.requires_grad_();
            using var optimizer = new AdamW([.. parameters.Select((value, index) => new NamedTensor($"p{index}", value))], weightDecay: 0.1,
                groupOf: parameter => new ParameterGroup(parameter.Name == "p0" ? 4 : 1, parameter.Name != "p4"));
            for (var step = 0; step < 5; step++)
            {
                // The fourth has no gradient; the first's lies transposed in memory.
                for (var i = 0; i < parameters.Length; i++)
                {
                    if (i == 3) continue;
                    var like = i == 0 ? Draw(6, 4).t() : Draw(parameters[i].shape);
                    parameters[i].grad = like.to(parameters[i].dtype);
                }
                optimizer.Step(0.01);
            }
            return [.. parameters.Select(parameter => parameter.detach().clone())];
        }
        var (fused, plain) = (Run(false), Run(true));
        for (var i = 0; i < fused.Length; i++) Near.Check(plain[i], fused[i], 2e-6, i == 2 ? 0.005 : 2e-6, $"p{i}");
        using var first = new Generator(3, CPU);
        _ = (randn([4, 6], generator: first), randn([6, 4], generator: first), randn([5], generator: first));
        SameTensor.Check(randn([3], generator: first).to(TestDevice.Here), fused[3], "without a gradient");
    }

    private static NamedTensor[] Thirty(double decay, bool without)
    {
        using var composed = without ? LibtorchOperators.WithoutFused() : null;
        using var generator = new Generator(5, CPU);
        NamedTensor[] parameters =
        [
            .. Enumerable.Range(1, 20).Select(size => new NamedTensor($"p{size}", randn([size, 8], generator: generator).to(TestDevice.Here).requires_grad_())),
        ];
        using var optimizer = new AdamW(parameters, decay);
        for (var step = 0; step < 30; step++)
        {
            foreach (var (_, value) in parameters) value.grad = randn(value.shape, generator: generator).to(TestDevice.Here);
            optimizer.Step(0.01);
        }
        return [.. parameters.Select(parameter => new NamedTensor(parameter.Name, parameter.Value.detach().clone()))];
    }
}
