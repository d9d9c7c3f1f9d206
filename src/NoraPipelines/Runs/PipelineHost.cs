using NoraPipelines.Runs.CommandLine;

namespace NoraPipelines.Runs;

/// <summary>The command line over a program's pipelines.</summary>
public static class PipelineHost
{
    /// <summary>Does what <paramref name="args"/> ask for.</summary>
    /// <returns>0 done, 1 failed, 2 wrong usage, 130 stopped.</returns>
    public static int Run(string[] args, IReadOnlyList<Pipeline> pipelines) =>
        new NoraCommandLine(pipelines, HostEnvironment.OfProcess()).Run(args);
}
