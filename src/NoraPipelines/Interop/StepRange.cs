using static TorchSharp.torch;

namespace NoraPipelines.Interop;

/// <summary>
/// A named range of a traced step, as torch.profiler.record_function makes it: operators that begin in it belong to it, and so does what the backward
/// pass runs for them. Nothing happens while no trace is taken.
/// </summary>
internal readonly ref struct StepRange
{
    /// <summary>What the names of ranges begin with in a trace.</summary>
    public const string Prefix = "part: ";

    [ThreadStatic] private static LibtorchInterface? _library;
    [ThreadStatic] private static Tensor? _anchor;

    private readonly ulong _range;

    private StepRange(ulong range) => _range = range;

    /// <summary>Begins a range; disposing it ends it.</summary>
    public static StepRange Enter(string name)
    {
        if (_library is not { } library) return default;
        Span<ulong> words = [library.Word(Prefix + name), 0 /* args */];
        library.Call("profiler::_record_function_enter", words);
        Mark();
        return new StepRange(words[0]);
    }

    public void Dispose()
    {
        if (_range == 0) return;
        Span<ulong> words = [_range];
        _library!.Call("profiler::_record_function_exit", words);
        Mark();
    }

    /// <summary>Ranges of this thread are in traces, until disposed.</summary>
    public static IDisposable Traced(LibtorchInterface library) => new Tracing(library);

    /// <summary>An operator that autograd sees tells the number that the next node of the graph will have.</summary>
    private static void Mark() => _anchor!.view(0).Dispose();

    private sealed class Tracing : IDisposable
    {
        public Tracing(LibtorchInterface library) => (_library, _anchor) = (library, empty(0, device: META).DetachFromDisposeScope());

        public void Dispose()
        {
            _anchor!.Dispose();
            (_library, _anchor) = (null, null);
        }
    }
}
