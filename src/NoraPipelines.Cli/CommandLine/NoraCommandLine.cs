using System.CommandLine;
using NoraPipelines.Interop;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>Verbs, exit codes and the way every failure is told.</summary>
internal sealed class NoraCommandLine(IReadOnlyList<Pipeline> pipelines, HostEnvironment host, IReadOnlyList<Comparison>? comparisons = null)
{
    public const int Done = 0, Failed = 1, WrongUsage = 2, Stopped = 130;

    public int Run(string[] args)
    {
        // Looked for before the arguments are parsed: a wrong command line is answered in JSON as well.
        var output = new CommandOutput(host, args.TakeWhile(argument => argument != "--").Contains("--json"));
        using var outOfMemory = new OutOfMemoryHandler(bytes => host.End(Failed, () => output.Fail(Failure.OutOfMemory(bytes))));
        using var stop = new StopRequest(sentence => host.End(Stopped, () => output.Fail(sentence)));
        host.Listening(stop);
        try
        {
            var table = new PipelineTable(pipelines, comparisons);
            var root = Build(new CommandContext(table, host, output, args, stop));
            if (args.Length == 0)
            {
                root.Parse(["--help"]).Invoke(new InvocationConfiguration { Output = host.Error, Error = host.Error });
                return WrongUsage;
            }
            var parsed = root.Parse(args);
            if (parsed.Errors.Count > 0) throw new UsageException(UsageErrors.Tell(parsed, table));
            var code = parsed.Invoke(new InvocationConfiguration
            {
                Output = host.Output,
                Error = host.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
            // What a run trained is in its folder; what another command was asked for is on stdout alone.
            var isNarrative = parsed.CommandResult.Command.Name is RunCommand.Name or CompareCommand.Name && !output.Json;
            return code == Done && host.OutputIsLost() && !isNarrative ? Failed : code;
        }
        catch (Exception problem)
        {
            var (code, message) = Failure.Explain(problem, host);
            output.Fail(message);
            return code;
        }
    }

    private static RootCommand Build(CommandContext context) => new("Fine-tunes models with NoRA, by the pipelines that this program was built from.")
    {
        ListCommand.Create(context),
        PlanCommand.Create(context),
        RunCommand.Create(context),
        CompareCommand.Create(context),
        EvaluateCommand.Create(context),
        GenerateCommand.Create(context),
        ChatCommand.Create(context),
        MergeCommand.Create(context),
        ReportCommand.Create(context),
        DoctorCommand.Create(context),
    };
}
