using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>
/// Watches the inputs of some projections while the base model alone runs: adapters are taken off the projections, and put back with
/// the observers that were there when this is disposed.
/// </summary>
internal sealed class ActivationObserver : IDisposable
{
    private readonly List<Action> _restore = [];
    private readonly Dictionary<LinearProjection, InputStatistics> _inputs = [];
    private readonly bool _covariance;
    private Tensor? _lastInput;
    private InputStatistics? _last;

    public ActivationObserver(IEnumerable<LinearProjection> all, IReadOnlyCollection<LinearProjection> targets, bool covariance)
    {
        _covariance = covariance;
        var watched = targets.ToHashSet();
        foreach (var projection in all)
        {
            var (adapter, observer) = (projection.Adapter, projection.Observer);
            _restore.Add(() => (projection.Adapter, projection.Observer) = (adapter, observer));
            projection.Adapter = null;
            projection.Observer = watched.Contains(projection) ? x => See(projection, x) : null;
        }
    }

    /// <summary>Says which rows of an input count; null: all of them.</summary>
    public ICalibrationPass? Pass { get; set; }

    /// <summary>Whether the rows are kept for measuring instead of being added up.</summary>
    public bool HoldOut { get; set; }

    public IReadOnlyDictionary<LinearProjection, InputStatistics> Inputs => _inputs;

    public void Dispose()
    {
        foreach (var restore in _restore) restore();
    }

    private void See(LinearProjection projection, Tensor x)
    {
        // q, k and v are given the very same tensor, one after the other: its statistics are taken once.
        var shared = ReferenceEquals(x, _lastInput) ? _last : null;
        if (!_inputs.TryGetValue(projection, out var input))
        {
            input = shared ?? new InputStatistics(projection.Path, x.shape[^1], _covariance, x.device);
            _inputs.Add(projection, input);
        }
        (_lastInput, _last) = (x, input);
        if (input.Name != projection.Path) return;

        using var scope = NewDisposeScope();
        var flat = x.detach().reshape(-1, x.shape[^1]); // [rows·tokens, in]
        var counted = Pass?.RowsOf(projection) is { } rows ? flat.index_select(0, rows) : flat; // [n, in]
        if (HoldOut) input.Hold(counted);
        else input.Add(counted);
    }
}
