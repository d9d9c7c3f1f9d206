using System.Runtime.InteropServices;

namespace NoraPipelines.Runs;

/// <summary>
/// Ctrl-C, SIGTERM, and SIGHUP of a terminal that closed. In the training loop the first one is a request: the step ends, a checkpoint is written. Elsewhere there is
/// nothing to save that is not saved already, so the process ends at once, as it does at the second one.
/// </summary>
/// <param name="end">Ends the process after it told a sentence; must not return. Called on the signal's own thread.</param>
internal sealed class StopRequest(Action<string> end) : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _gate = new();
    private Func<string> _farewell = static () => "Stopped; nothing was begun.";
    private bool _heeded;
    private int _count;

    public CancellationToken Token => _source.Token;

    /// <summary>Told once, when the first signal comes while the loop heeds it.</summary>
    public Action? Asked { get; set; }

    /// <summary>Listens to the process's signals until disposed.</summary>
    public void Listen()
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true; // the runtime would end the process
                Request();
            }));
        }
    }

    /// <summary>Until what is returned is disposed, a process that ends at once says this.</summary>
    public IDisposable Saying(Func<string> farewell)
    {
        var former = _farewell;
        _farewell = farewell;
        return new Ending(() => _farewell = former);
    }

    /// <summary>Until what is returned is disposed, somebody asks the token after every step, and once more after it was disposed.</summary>
    public IDisposable Heed()
    {
        lock (_gate) _heeded = true;
        return new Ending(() =>
        {
            lock (_gate) _heeded = false;
        });
    }

    public void Request()
    {
        bool isHeeded;
        lock (_gate)
        {
            isHeeded = ++_count == 1 && _heeded;
            if (isHeeded) _source.Cancel();
        }
        if (isHeeded) Asked?.Invoke();
        else end(_farewell());
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }

    private sealed class Ending(Action undo) : IDisposable
    {
        public void Dispose() => undo();
    }
}
