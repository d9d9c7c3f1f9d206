using System.Runtime.InteropServices;

namespace NoraPipelines.Runs;

/// <summary>
/// Ctrl-C and SIGTERM. In the training loop the first one is a request: the step ends, a checkpoint is written. Elsewhere there is
/// nothing to save that is not saved already, so the process ends at once, as it does at the second one.
/// </summary>
internal sealed class StopRequest : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private volatile bool _heeded;
    private int _count;

    public CancellationToken Token => _source.Token;

    /// <summary>Told once, when the first signal comes while the loop heeds it.</summary>
    public Action? Asked { get; set; }

    /// <summary>What is done where nobody heeds a request; must not return.</summary>
    public Action? EndAtOnce { get; set; }

    /// <summary>Listens to the process's signals until disposed.</summary>
    public void Listen()
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true; // the runtime would end the process
                Request();
            }));
        }
    }

    /// <summary>Until what is returned is disposed, somebody asks the token after every step.</summary>
    public IDisposable Heed()
    {
        _heeded = true;
        return new Heeding(this);
    }

    public void Request()
    {
        if (Interlocked.Increment(ref _count) > 1 || !_heeded)
        {
            EndAtOnce?.Invoke();
            return;
        }
        _source.Cancel();
        Asked?.Invoke();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }

    private sealed class Heeding(StopRequest request) : IDisposable
    {
        public void Dispose() => request._heeded = false;
    }
}
