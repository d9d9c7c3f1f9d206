using System.Collections;

namespace NoraPipelines.Cli;

/// <summary>What the command line sees of the process around it; a test makes its own.</summary>
internal sealed record HostEnvironment
{
    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>What is typed or piped in; null where there is nothing to read.</summary>
    public TextReader? Input { get; init; }

    public bool InputIsTerminal { get; init; }

    public required string CurrentDirectory { get; init; }

    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    public bool OutputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Ends the process at once, without unwinding: native threads may be at work.</summary>
    public Action<int> EndNow { get; init; } = ProcessEnd.Now;

    /// <summary>Told what a run listens to; in a process, its signals.</summary>
    public Action<StopRequest> Listening { get; init; } = static stop => stop.Listen();

    /// <summary>Says something and ends the process with a code, also where what is said finds nobody who takes it.</summary>
    public void End(int code, Action say)
    {
        try
        {
            _ = Task.Run(say).Wait(LongestFarewell);
        }
        catch (AggregateException)
        {
            // Nobody can be told, and it ends all the same.
        }
        EndNow(code);
    }

    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(2);

    public Func<DateTime> Now { get; init; } = () => DateTime.Now;

    public bool Colors => !(Variables.TryGetValue("NO_COLOR", out var value) && value.Length > 0)
        && !(Variables.TryGetValue("TERM", out var terminal) && terminal == "dumb");

    /// <summary>Bytes of memory that the process may use.</summary>
    public Func<long> MemoryLimit { get; init; } = Interop.MemoryLimit.Bytes;

    /// <summary>Whether something that was written to <see cref="Output"/> did not get there.</summary>
    public Func<bool> OutputIsLost { get; init; } = static () => false;

    public static HostEnvironment OfProcess()
    {
        var error = new LastingWriter(Console.Error, "stderr", static _ => { });
        var output = new LastingWriter(Console.Out, "stdout", error.WriteLine);
        Console.SetError(error); // so that whoever asks whether a writer is the terminal's is told that it is
        Console.SetOut(output);
        return OfProcess(output);
    }

    private static HostEnvironment OfProcess(LastingWriter output) => new()
    {
        Output = Console.Out,
        OutputIsLost = () => output.Problem is not null,
        Error = Console.Error,
        Input = Console.In,
        InputIsTerminal = !Console.IsInputRedirected,
        CurrentDirectory = Directory.GetCurrentDirectory(),
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal),
    };
}
