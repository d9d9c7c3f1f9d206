using NoraPipelines.Cli.Terminal;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Folder;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>Where a command's words go. With --json stdout gets exactly one document and stderr everything else.</summary>
internal sealed class CommandOutput
{
    private readonly HostEnvironment _host;
    private int _replied;

    public CommandOutput(HostEnvironment host, bool json)
    {
        (_host, Json) = (host, json);
        View = json
            ? new RunView(host.Error, host.ErrorIsTerminal, host.Colors)
            : new RunView(host.Output, host.OutputIsTerminal, host.Colors);
    }

    public bool Json { get; }

    public RunView View { get; }

    /// <summary>For what is said beside an answer that stdout has alone.</summary>
    public RunView Notices => Json ? View : new RunView(_host.Error, _host.ErrorIsTerminal, _host.Colors);

    /// <summary>What a run among others may say, with its name before each line.</summary>
    public RunView Quiet(string name) => Json
        ? new QuietView(_host.Error, _host.ErrorIsTerminal, _host.Colors, name)
        : new QuietView(_host.Output, _host.OutputIsTerminal, _host.Colors, name);

    /// <summary>The command's answer: the document with --json, else what <paramref name="show"/> draws.</summary>
    public void Reply<T>(T document, Action<RunView> show)
    {
        if (!Json) show(View);
        else WriteDocument(RunJson.Write(document));
    }

    /// <summary>The command's failure.</summary>
    public void Fail(string message)
    {
        message = ShownText.Of(message);
        _host.Error.WriteLine("error: " + message);
        _host.Error.Flush();
        if (Json) WriteDocument(RunJson.Write(new { error = message }));
    }

    private void WriteDocument(string document)
    {
        if (Interlocked.Exchange(ref _replied, 1) != 0) return; // a signal may come while the answer is on its way
        _host.Output.WriteLine(document);
        _host.Output.Flush();
    }
}
