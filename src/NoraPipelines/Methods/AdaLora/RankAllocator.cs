using NoraPipelines.Models;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// AdaLoRA's choice of triples. After every step the importance of each number that trains is its size times its gradient, smoothed, and so
/// is the uncertainty of that; a triple's score is their product, averaged over its rows of Q and P and added to that of E. The triples with
/// the lowest scores over all projections lose their E.
/// <code>
///     I ← β₁·I + (1 − β₁)·|w·∂w|        U ← β₂·U + (1 − β₂)·| |w·∂w| − I |        score = I·U
/// </code>
/// As PEFT's RankAllocator (peft/tuners/adalora/layer.py): with the parameter after the optimizer's step and the gradient before it.
/// </summary>
public sealed class RankAllocator : IMethodState, IDisposable
{
    private readonly Slot[] _slots;
    private readonly RankBudget _budget;
    private readonly double _importanceDecay;
    private readonly double _uncertaintyDecay;
    private readonly double _orthogonalWeight;
    private Tensor? _penalty; // a scalar, of the step that is under way
    private int _triples;

    /// <param name="budget">Of the run that begins.</param>
    /// <param name="importanceDecay">β₁.</param>
    /// <param name="uncertaintyDecay">β₂.</param>
    /// <exception cref="NoraException">An adapter of another method, or a budget that never falls.</exception>
    public RankAllocator(
        AdapterSet adapters, RankBudget budget, double importanceDecay = 0.85, double uncertaintyDecay = 0.85, double orthogonalWeight = 0.5)
    {
        _budget = budget.Checked();
        (_importanceDecay, _uncertaintyDecay, _orthogonalWeight) = (importanceDecay, uncertaintyDecay, orthogonalWeight);
        var placed = adapters.Items.Select(item => (item.Projection.Path, Adapter: item.Adapter as AdaLoraAdapter
            ?? throw new NoraException($"{item.Projection.Path} has a {item.Adapter.Method} adapter; ranks are allocated to adalora alone."))).ToArray();
        _slots = [.. placed.Select(item => new Slot(item.Path, item.Adapter))];
        _triples = _slots.Sum(slot => slot.Adapter.Rank);
        State = [.. _slots.SelectMany(slot => slot.State)];
    }

    public IReadOnlyList<NamedTensor> State { get; }

    /// <summary>The budget, the mean rank that is kept, and the penalty.</summary>
    public IReadOnlyDictionary<string, double> Metrics
    {
        get
        {
            using var scope = NewDisposeScope();
            var kept = cat(_slots.Select(slot => slot.Kept).ToArray()).sum(ScalarType.Int64).to(ScalarType.Float32);
            var read = DeviceRead.Values<float>(stack([kept, _penalty ?? zeros_like(kept)])); // one wait for both
            return new Dictionary<string, double>
            {
                ["rank_budget"] = _triples,
                ["mean_rank"] = (double)read[0] / _slots.Length,
                ["orthogonal_penalty"] = read[1],
            };
        }
    }

    /// <summary>Triples that each projection keeps.</summary>
    public IReadOnlyDictionary<string, int> Ranks =>
        _slots.ToDictionary(slot => slot.Path, slot => (int)slot.Kept.sum(ScalarType.Int64).item<long>());

    /// <summary>weight · mean of ‖Q·Qᵀ − 1‖ and ‖Pᵀ·P − 1‖ over all projections, a scalar to go backward from, once a step.</summary>
    public Tensor Penalty()
    {
        using var scope = NewDisposeScope();
        var norms = _slots.SelectMany(slot => new[]
        {
            OffIdentity(slot.Adapter.Q.mm(slot.Adapter.Q.t())), // [r, r]
            OffIdentity(slot.Adapter.P.t().mm(slot.Adapter.P)),
        });
        var penalty = stack(norms).mean() * _orthogonalWeight;
        _penalty?.Dispose();
        _penalty = penalty.detach().DetachFromDisposeScope();
        return penalty.MoveToOuterDisposeScope();
    }

    /// <summary>Takes the step's gradients into account and drops triples where that is due; after the optimizer, before the gradients go.</summary>
    /// <param name="step">Counted from 1.</param>
    public void Update(int step)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (step < _budget.LastAllocation) foreach (var slot in _slots) Observe(slot);
        (_triples, var allocates) = _budget.After(step, _slots.Length);
        if (allocates) Allocate();
        if (allocates || step > _budget.LastAllocation)
            foreach (var slot in _slots) slot.Adapter.E.masked_fill_(slot.Kept.logical_not(), 0.0);
    }

    public void Dispose()
    {
        foreach (var (_, value) in State) value.Dispose();
        _penalty?.Dispose();
    }

    private static Tensor OffIdentity(Tensor gram) => (gram - eye(gram.shape[0], device: gram.device)).norm();

    private void Observe(Slot slot)
    {
        foreach (var (parameter, importance, uncertainty) in slot.Parts)
        {
            if (parameter.grad is not { } gradient) continue;
            using var one = NewDisposeScope();
            var now = (parameter * gradient).abs();
            importance.mul_(_importanceDecay).add_(now * (1 - _importanceDecay));
            uncertainty.mul_(_uncertaintyDecay).add_((now - importance).abs() * (1 - _uncertaintyDecay));
        }
    }

    private void Allocate()
    {
        var scores = _slots.Select(slot => slot.Scores()).ToArray(); // [r] each
        var all = cat(scores); // [triples]
        var dropped = all.shape[0] - _triples;
        // The dropped-th smallest score; ties go with it.
        var threshold = dropped > 0 ? all.sort().Values[dropped - 1] : full_like(all[0], double.NegativeInfinity); // a scalar, which stays on the device
        foreach (var (slot, score) in _slots.Zip(scores)) slot.Kept.copy_((score > threshold).unsqueeze(1));
    }

    /// <summary>One projection: its parameters with importance and uncertainty of each, and the triples that it keeps.</summary>
    private sealed class Slot
    {
        public Slot(string path, AdaLoraAdapter adapter)
        {
            (Path, Adapter) = (path, adapter);
            Parts = [.. adapter.Trainable.Select(parameter => (parameter.Value, Zeros(parameter.Value), Zeros(parameter.Value)))];
            Kept = ones_like(adapter.E, ScalarType.Bool).DetachFromDisposeScope(); // [r, 1]
            State =
            [
                .. adapter.Trainable.Zip(Parts).SelectMany(pair => new NamedTensor[]
                {
                    new($"{path}.{pair.First.Name}.importance", pair.Second.Importance),
                    new($"{path}.{pair.First.Name}.uncertainty", pair.Second.Uncertainty),
                }),
                new($"{path}.kept", Kept),
            ];
        }

        public string Path { get; }

        public AdaLoraAdapter Adapter { get; }

        public (Tensor Parameter, Tensor Importance, Tensor Uncertainty)[] Parts { get; }

        public Tensor Kept { get; }

        public NamedTensor[] State { get; }

        /// <summary>The score of each triple, [r].</summary>
        public Tensor Scores()
        {
            var (q, e, p) = (Element(0), Element(1), Element(2)); // [r, in], [r, 1], [out, r]
            return e.reshape(-1) + (q.mean([1L]) + p.mean([0L]));
        }

        private Tensor Element(int part) => Parts[part].Importance * Parts[part].Uncertainty;

        private static Tensor Zeros(Tensor like) => zeros_like(like.detach()).DetachFromDisposeScope();
    }
}
