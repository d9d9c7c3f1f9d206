using NoraPipelines.Models;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Training;

public sealed class AdamWTests
{
    [Fact]
    public void Three_steps_are_those_of_the_formula_in_float64()
    {
        using var scope = NewDisposeScope();
        const double rate = 0.1, decay = 0.05, beta1 = 0.9, beta2 = 0.99, epsilon = 1e-6;
        double[] gradients = [0.5, -2.0, 0.03];
        var parameter = tensor(new[] { 1.5f }, requires_grad: true);
        using var optimizer = new AdamW([new("p", parameter)], decay, beta1, beta2, epsilon);

        double p = 1.5, m = 0.0, v = 0.0;
        for (var step = 1; step <= gradients.Length; step++)
        {
            var g = gradients[step - 1];
            p -= rate * decay * p;
            m = beta1 * m + (1 - beta1) * g;
            v = beta2 * v + (1 - beta2) * g * g;
            p -= rate * (m / (1 - Math.Pow(beta1, step))) / (Math.Sqrt(v / (1 - Math.Pow(beta2, step))) + epsilon);

            parameter.grad = tensor(new[] { (float)g });
            optimizer.Step(rate);
            Assert.Equal(p, parameter.item<float>(), 5e-7);
        }
        Assert.Equal(3, optimizer.StepCount);
    }

    [Fact]
    public void The_first_step_without_decay_moves_by_the_rate_against_the_sign()
    {
        using var scope = NewDisposeScope();
        var parameter = tensor(new[] { 1f, 1f }, requires_grad: true);
        using var optimizer = new AdamW([new("p", parameter)]);
        parameter.grad = tensor(new[] { 1e-3f, -7f });
        optimizer.Step(0.25);
        Assert.Equal(0.75, parameter[0].item<float>(), 1e-5);
        Assert.Equal(1.25, parameter[1].item<float>(), 1e-5);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.01)]
    public void Twenty_steps_agree_with_TorchSharps_own(double decay)
    {
        using var scope = NewDisposeScope();
        manual_seed(11);
        var start = new[] { randn(7, 5), randn(13), randn(2, 3, 4) };
        var ours = start.Select(value => value.clone().requires_grad_()).ToArray();
        var theirs = start.Select(value => new TorchSharp.Modules.Parameter(value.clone())).ToArray();
        using var optimizer = new AdamW([.. ours.Select((value, index) => new NamedTensor($"p{index}", value))], decay);
        var reference = optim.AdamW(theirs, lr: 0.01, weight_decay: decay);
        for (var step = 0; step < 20; step++)
        {
            Loss(ours).backward();
            Loss(theirs).backward();
            optimizer.Step(0.01);
            reference.step();
            optimizer.ZeroGrad();
            reference.zero_grad();
        }
        for (var index = 0; index < ours.Length; index++)
        {
            var difference = (ours[index] - theirs[index]).abs().max().item<float>();
            Assert.True(difference < 2e-6, $"p{index}: largest difference {difference}");
            Assert.True((ours[index] - start[index]).abs().max().item<float>() > 0.05, $"p{index} did not move");
        }

        static Tensor Loss(IEnumerable<Tensor> parameters) =>
            parameters.Select(value => (value.sin() * value).sum()).Aggregate((left, right) => left + right);
    }

    [Fact]
    public void A_restored_state_goes_on_to_the_bit()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var gradients = Enumerable.Range(0, 8).Select(_ => randn(4, 6)).ToArray();
        var through = randn(4, 6).requires_grad_();
        using var first = new AdamW([new("p", through)], 0.1);
        for (var step = 0; step < 4; step++) StepWith(first, through, gradients[step]);

        var resumed = through.detach().clone().requires_grad_();
        var saved = first.State.Select(entry => new NamedTensor(entry.Name, entry.Value.clone())).ToArray();
        for (var step = 4; step < 8; step++) StepWith(first, through, gradients[step]);

        using var second = new AdamW([new("p", resumed)], 0.1);
        second.LoadState(saved);
        Assert.Equal(4, second.StepCount);
        for (var step = 4; step < 8; step++) StepWith(second, resumed, gradients[step]);
        Assert.Equal(through.data<float>().ToArray(), resumed.data<float>().ToArray());
    }

    [Fact]
    public void A_bfloat16_parameter_adds_up_steps_that_are_smaller_than_its_own_precision()
    {
        using var scope = NewDisposeScope();
        var parameter = ones(1, dtype: bfloat16, requires_grad: true);
        using var optimizer = new AdamW([new("p", parameter)]);
        for (var step = 0; step < 100; step++) StepWith(optimizer, parameter, ones(1, dtype: bfloat16), 1e-4);
        // bfloat16 has no number between 0.99609 and 1: a hundred separate subtractions of 1e-4 would all be lost.
        Assert.Equal(0.99, parameter.to(float32).item<float>(), 2.1e-3);
        Assert.Equal(0.99, optimizer.State.Single(entry => entry.Name == "p.master").Value.item<float>(), 1e-5);
    }

    [Fact]
    public void A_parameter_without_a_gradient_stays_even_under_decay()
    {
        using var scope = NewDisposeScope();
        var parameter = ones(3, requires_grad: true);
        using var optimizer = new AdamW([new("p", parameter)], weightDecay: 0.5);
        optimizer.Step(0.1);
        Assert.Equal([1f, 1f, 1f], parameter.data<float>().ToArray());
    }

    [Fact]
    public void Dropped_gradients_do_not_add_to_the_next_ones()
    {
        using var scope = NewDisposeScope();
        var parameter = ones(2, requires_grad: true);
        using var optimizer = new AdamW([new("p", parameter)]);
        (parameter * 3).sum().backward();
        optimizer.ZeroGrad();
        Assert.Null(parameter.grad);
        (parameter * 2).sum().backward();
        Assert.Equal([2f, 2f], parameter.grad!.data<float>().ToArray());
    }

    [Fact]
    public void A_state_of_another_model_is_refused_with_every_difference()
    {
        using var scope = NewDisposeScope();
        var parameter = ones(2, requires_grad: true);
        using var optimizer = new AdamW([new("p", parameter)]);
        using var other = new AdamW([new("p", ones(3, requires_grad: true)), new("q", ones(1, requires_grad: true))]);
        var error = Assert.Throws<NoraException>(() => optimizer.LoadState(other.State));
        Assert.Contains("p.exp_avg is Float32 [3], expected Float32 [2]", error.Message);
        Assert.Contains("q.exp_avg_sq is not of this optimizer", error.Message);
        Assert.Contains("step is missing", Assert.Throws<NoraException>(() => optimizer.LoadState([])).Message);
    }

    [Fact]
    public void Steps_leave_no_tensors_behind()
    {
        using var scope = NewDisposeScope();
        var parameter = randn(4, 4).requires_grad_();
        using var optimizer = new AdamW([new("p", parameter)], 0.1);
        LiveTensors.AssertNoneIsLeft(times: 50, StepOnce);

        void StepOnce()
        {
            using var step = NewDisposeScope();
            (parameter * parameter).sum().backward();
            Gradients.ClipNorm([new("p", parameter)], 1.0);
            optimizer.Step(0.01);
            optimizer.ZeroGrad();
        }
    }

    [Fact]
    public void Two_parameters_of_one_name_are_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("\"p\"", Assert.Throws<NoraException>(() => new AdamW([new("p", ones(1)), new("p", ones(1))])).Message);
    }

    private static void StepWith(AdamW optimizer, Tensor parameter, Tensor gradient, double rate = 0.05)
    {
        parameter.grad = gradient;
        optimizer.Step(rate);
        optimizer.ZeroGrad();
    }
}
