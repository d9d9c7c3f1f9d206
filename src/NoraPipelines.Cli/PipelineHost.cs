using System.Runtime.CompilerServices;
using NoraPipelines.Cli.CommandLine;
using NoraPipelines.Cli.Doctor;
using NoraPipelines.Interop;

namespace NoraPipelines.Cli;

/// <summary>The command line over a program's pipelines.</summary>
public static class PipelineHost
{
    /// <summary>Does what <paramref name="args"/> ask for.</summary>
    /// <param name="pipelines">Every pipeline of the program, the variants of its comparisons among them.</param>
    /// <param name="comparisons">The specs with a sweep; null: there are none.</param>
    /// <returns>0 done, 1 failed, 2 wrong usage, 130 stopped.</returns>
    public static int Run(string[] args, IReadOnlyList<Pipeline> pipelines, IReadOnlyList<Comparison>? comparisons = null)
    {
        if (OpenFiles.Problem(OpenFiles.Limit()) is not { } problem) return Begin(args, pipelines, comparisons);
        Console.Error.WriteLine($"error: {problem}");
        return NoraCommandLine.Failed;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // what it needs of libraries is loaded when it is called
    private static int Begin(string[] args, IReadOnlyList<Pipeline> pipelines, IReadOnlyList<Comparison>? comparisons)
    {
        OpenMpSettings.Apply();
        return new NoraCommandLine(pipelines, HostEnvironment.OfProcess(), comparisons).Run(args);
    }
}
