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

    public Func<DateTime> Now { get; init; } = () => DateTime.Now;

    public bool Colors => !(Variables.TryGetValue("NO_COLOR", out var value) && value.Length > 0)
        && !(Variables.TryGetValue("TERM", out var terminal) && terminal == "dumb");

    public static HostEnvironment OfProcess() => new()
    {
        Output = Console.Out,
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
