using NoraPipelines.Interop;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Training;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2019), as torch.optim.AdamW, by libtorch's fused operator where there is one:
/// <code>
///     p ← p · (1 − η λ)
///     m ← m + (1 − β₁)(g − m)        v ← β₂ v + (1 − β₂) g²
///     p ← p − η / (1 − β₁ᵗ) · m / ( √v / √(1 − β₂ᵗ) + ε )
/// </code>
/// Moments are float32 whatever the parameter's dtype. A parameter of a shorter dtype has a float32 master copy that the steps add
/// up in; without it, updates below half a unit in the last place would vanish. The optimizer owns moments and masters, never the
/// parameters; give it parameters that have their starting values already.
/// </summary>
public sealed class AdamW : IDisposable
{
    private const string StepName = "step";

    private readonly Slot[] _slots;
    private readonly Slot[][] _alike; // of one rate, decay, device and layout
    private readonly Tensor _stepTensor;
    private readonly double _weightDecay;
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;

    /// <param name="groupOf">A parameter's own share of rate and decay; null: all are alike.</param>
    /// <exception cref="NoraException">A number is out of its range, or two parameters have one name.</exception>
    public AdamW(
        IReadOnlyList<NamedTensor> parameters, double weightDecay = 0.0, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8,
        Func<NamedTensor, ParameterGroup>? groupOf = null)
    {
        if (!(beta1 is >= 0 and < 1)) throw new NoraException($"AdamW's beta1 is {beta1}; it must be in [0, 1).");
        if (!(beta2 is >= 0 and < 1)) throw new NoraException($"AdamW's beta2 is {beta2}; it must be in [0, 1).");
        if (!(epsilon >= 0)) throw new NoraException($"AdamW's epsilon is {epsilon}; it must be at least 0.");
        if (!(weightDecay >= 0)) throw new NoraException($"AdamW's weight decay is {weightDecay}; it must be at least 0.");
        if (parameters.GroupBy(parameter => parameter.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new NoraException($"AdamW got two parameters of the name \"{twice.Key}\"; its state is kept by name; rename one.");
        (_weightDecay, _beta1, _beta2, _epsilon) = (weightDecay, beta1, beta2, epsilon);
        using var noGradient = no_grad();
        _slots = [.. parameters.Select(parameter => new Slot(parameter, groupOf?.Invoke(parameter) ?? ParameterGroup.Plain))];
        _alike = [.. _slots.GroupBy(slot => (slot.Group, slot.Master.device.ToString(), slot.Master.is_contiguous())).Select(group => group.ToArray())];
        _stepTensor = zeros(1, int64).DetachFromDisposeScope();
        State = [.. _slots.SelectMany(slot => slot.State), new NamedTensor(StepName, _stepTensor)];
    }

    /// <summary>Steps done.</summary>
    public int StepCount { get; private set; }

    /// <summary>
    /// All that a stopped run needs to go on to the bit, by name: `NAME.exp_avg` and `NAME.exp_avg_sq` (float32, the parameter's
    /// shape), `NAME.master` where the parameter is not float32, and `step` (int64, [1]). The tensors stay the optimizer's.
    /// </summary>
    public IReadOnlyList<NamedTensor> State { get; }

    /// <summary>One step with the gradients that are there; a parameter without one stays as it is.</summary>
    public void Step(double learningRate)
    {
        using var noGradient = no_grad();
        StepCount++;
        _stepTensor.fill_(StepCount);
        foreach (var alike in _alike)
        {
            using var scope = NewDisposeScope();
            var due = new List<(Slot Slot, Tensor Gradient)>(alike.Length);
            foreach (var slot in alike)
            {
                if (slot.Gradient() is { } gradient) due.Add((slot, gradient));
            }
            if (due.Count == 0) continue;
            var group = alike[0].Group;
            var rate = learningRate * group.RateRatio;
            if (LibtorchOperators.Available && alike[0].Master.is_contiguous()) StepTogether(due, rate, group.Decays ? _weightDecay : 0.0);
            else due.ForEach(pair => StepAlone(pair.Slot, pair.Gradient, rate));
            foreach (var (slot, _) in due)
            {
                if (!ReferenceEquals(slot.Master, slot.Parameter)) slot.Parameter.copy_(slot.Master);
            }
        }
    }

    /// <summary>All at once: a call of libtorch instead of seven for each parameter.</summary>
    private void StepTogether(IReadOnlyList<(Slot Slot, Tensor Gradient)> due, double rate, double weightDecay)
    {
        using var scope = NewDisposeScope();
        LibtorchOperators.AdamWStep(
            [.. due.Select(pair => pair.Slot.Master)], [.. due.Select(pair => pair.Gradient)], [.. due.Select(pair => pair.Slot.Mean)],
            [.. due.Select(pair => pair.Slot.Square)], full([], StepCount, float32, due[0].Gradient.device), rate, _beta1, _beta2, weightDecay, _epsilon);
    }

    private void StepAlone(Slot slot, Tensor gradient, double rate)
    {
        using var scope = NewDisposeScope();
        var correction1 = 1.0 - Math.Pow(_beta1, StepCount);
        var correction2 = Math.Sqrt(1.0 - Math.Pow(_beta2, StepCount));
        if (_weightDecay != 0.0 && slot.Group.Decays) slot.Master.mul_(1.0 - rate * _weightDecay);
        slot.Mean.lerp_(gradient, 1.0 - _beta1);
        slot.Square.mul_(_beta2).addcmul_(gradient, gradient, 1.0 - _beta2);
        var denominator = slot.Square.sqrt().div_(correction2).add_(_epsilon);
        slot.Master.addcdiv_(slot.Mean, denominator, -rate / correction1);
    }

    /// <summary>Drops the gradients, so that the next backward pass writes them anew.</summary>
    public void ZeroGrad()
    {
        foreach (var slot in _slots)
        {
            using var gradient = slot.Parameter.grad;
            if (gradient is not null) slot.Parameter.grad = null;
        }
    }

    /// <summary>
    /// Takes over a saved <see cref="State"/>. Every entry must be there in its shape and dtype; otherwise one
    /// <see cref="NoraException"/> names all that differ, and nothing has been changed.
    /// </summary>
    public void LoadState(IEnumerable<NamedTensor> state)
    {
        var saved = state.ToDictionary(entry => entry.Name, entry => entry.Value);
        var problems = new List<string>();
        foreach (var (name, own) in State)
        {
            if (!saved.TryGetValue(name, out var other)) problems.Add($"{name} is missing");
            else if (own.dtype != other.dtype || !own.shape.SequenceEqual(other.shape))
                problems.Add($"{name} is {Describe(other)}, expected {Describe(own)}");
        }
        var names = State.Select(entry => entry.Name).ToHashSet();
        problems.AddRange(saved.Keys.Where(name => !names.Contains(name)).Select(name => $"{name} is not of this optimizer"));
        if (problems.Count > 0)
        {
            throw new NoraException(
                $"The saved state does not belong to this optimizer: {string.Join("; ", problems)}. Use the state of the same pipeline.");
        }

        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, own) in State) own.copy_(saved[name]);
        StepCount = (int)_stepTensor.item<long>();
    }

    public void Dispose()
    {
        foreach (var slot in _slots) slot.Dispose();
        _stepTensor.Dispose();
    }

    private static string Describe(Tensor tensor) => $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]";

    private sealed class Slot : IDisposable
    {
        public Slot(NamedTensor parameter, ParameterGroup group)
        {
            (Parameter, Group) = (parameter.Value, group);
            Mean = zeros_like(Parameter, float32).DetachFromDisposeScope();
            Square = zeros_like(Parameter, float32).DetachFromDisposeScope();
            State = [new($"{parameter.Name}.exp_avg", Mean), new($"{parameter.Name}.exp_avg_sq", Square)];
            Master = Parameter;
            if (Parameter.dtype == float32) return;
            using var detached = Parameter.detach();
            Master = detached.to(float32).DetachFromDisposeScope();
            State = [.. State, new($"{parameter.Name}.master", Master)];
        }

        public Tensor Parameter { get; }

        public ParameterGroup Group { get; }

        public Tensor Mean { get; }

        public Tensor Square { get; }

        /// <summary>Where the steps add up: the parameter itself if it is float32.</summary>
        public Tensor Master { get; }

        public IReadOnlyList<NamedTensor> State { get; }

        /// <summary>Float32, contiguous. Null where the backward pass left none.</summary>
        public Tensor? Gradient()
        {
            var gradient = Parameter.grad;
            return gradient is null || (gradient.dtype == float32 && gradient.is_contiguous()) ? gradient : gradient.to(float32).contiguous();
        }

        public void Dispose()
        {
            Mean.Dispose();
            Square.Dispose();
            if (!ReferenceEquals(Master, Parameter)) Master.Dispose();
        }
    }
}
