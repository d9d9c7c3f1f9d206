using System.Diagnostics;

namespace NoraPipelines.Runs.Progress;

/// <summary>Seconds of each stage. Stages nest: time counts for the innermost alone.</summary>
internal sealed class RunClock
{
    private readonly Dictionary<string, double> _seconds;
    private readonly Stack<string> _stages = new();
    private readonly Func<double> _now;
    private double _since;

    /// <param name="earlier">Seconds that earlier processes of the same run have spent.</param>
    /// <param name="now">Seconds since any fixed moment.</param>
    public RunClock(IReadOnlyDictionary<string, double>? earlier = null, Func<double>? now = null)
    {
        _seconds = new Dictionary<string, double>(earlier ?? new Dictionary<string, double>(), StringComparer.Ordinal);
        _now = now ?? (() => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency);
        _since = _now();
        _stages.Push("load");
    }

    public string Stage => _stages.Peek();

    public double Total
    {
        get
        {
            Settle();
            return _seconds.Values.Sum();
        }
    }

    /// <summary>Seconds of every stage until now.</summary>
    public IReadOnlyDictionary<string, double> Seconds
    {
        get
        {
            Settle();
            return new Dictionary<string, double>(_seconds, StringComparer.Ordinal);
        }
    }

    public double Of(string stage)
    {
        Settle();
        return _seconds.GetValueOrDefault(stage);
    }

    /// <summary>Time counts for <paramref name="stage"/> until what is returned is disposed.</summary>
    public IDisposable Enter(string stage)
    {
        Settle();
        _stages.Push(stage);
        return new Leave(this, _stages.Count);
    }

    /// <summary>Adds time that was spent before this process.</summary>
    public void Add(string stage, double seconds) => _seconds[stage] = _seconds.GetValueOrDefault(stage) + seconds;

    private void Settle()
    {
        var now = _now();
        _seconds[_stages.Peek()] = _seconds.GetValueOrDefault(_stages.Peek()) + now - _since;
        _since = now;
    }

    private sealed class Leave(RunClock clock, int depth) : IDisposable
    {
        public void Dispose()
        {
            if (clock._stages.Count != depth) return; // left already
            clock.Settle();
            clock._stages.Pop();
        }
    }
}
