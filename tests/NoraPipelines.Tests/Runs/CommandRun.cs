using System.Text.Json;
using NoraPipelines.Cli;
using NoraPipelines.Cli.CommandLine;
using NoraPipelines.Runs;
using NoraPipelines.Tests.Checkpoints;

namespace NoraPipelines.Tests.Runs;

/// <summary>Runs command lines in a folder of their own and keeps what they print.</summary>
internal sealed class CommandRun(params Pipeline[] pipelines) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Folder => _folder.Path;

    public IReadOnlyList<Comparison> Comparisons { get; init; } = [];

    public Dictionary<string, string> Variables { get; } = [];

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    /// <summary>The code that the process was to end with at once; null: it was not.</summary>
    public int? Ended { get; private set; }

    /// <summary>Bytes that the process may use.</summary>
    public long MemoryLimit { get; init; } = long.MaxValue;

    /// <summary>Stands for Ctrl-C while a run is going.</summary>
    public StopRequest? Stop { get; private set; }

    /// <summary>The one document on stdout.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>A path below the folder that the commands run in.</summary>
    public string this[params string[] path] => Path.Combine([Folder, .. path]);

    /// <summary>What is piped into the next command; null: nothing is.</summary>
    public string? Input { get; set; }

    public int Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = new NoraCommandLine(pipelines, new HostEnvironment
        {
            Output = output,
            Error = error,
            Input = Input is null ? null : new StringReader(Input),
            CurrentDirectory = Folder,
            Variables = Variables,
            EndNow = code => Ended = code,
            MemoryLimit = () => MemoryLimit,
            Listening = stop => Stop = stop,
        }, Comparisons).Run(arguments);
        (Output, Error) = (output.ToString(), error.ToString());
        return code;
    }

    public void Dispose() => _folder.Dispose();
}
