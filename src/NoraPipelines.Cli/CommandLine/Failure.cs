using NoraPipelines.Interop;
using NoraPipelines.Plans;
using NoraPipelines.Training;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>An exception as an exit code and a sentence.</summary>
internal static class Failure
{
    public const string TraceVariable = "NORA_TRACE";

    public static (int Code, string Message) Explain(Exception problem, HostEnvironment host)
    {
        var (code, message) = problem switch
        {
            StoppedException => (NoraCommandLine.Stopped, problem.Message),
            OperationCanceledException => (NoraCommandLine.Stopped, "Stopped."),
            UsageException => (NoraCommandLine.WrongUsage, problem.Message),
            NoraException or TextException => (NoraCommandLine.Failed, problem.Message),
            _ when NativeFailure(problem) is { } native => (NoraCommandLine.Failed,
                $"libtorch could not be loaded: {OneLine(native)} `doctor` says what is missing."),
            IOException or UnauthorizedAccessException => (NoraCommandLine.Failed, problem.Message),
            _ when RanOutOfMemory(problem) => (NoraCommandLine.Failed, OutOfMemory()),
            _ => (NoraCommandLine.Failed, $"Unexpected {problem.GetType().Name}: {OneLine(problem)} "
                + $"This is a defect of the program, not of your spec; set {TraceVariable}=1 to see where, and report it."),
        };
        var trace = host.Variables.ContainsKey(TraceVariable) ? Environment.NewLine + problem : "";
        return (code, ShownText.Message(message) + trace);
    }

    /// <param name="bytes">Of the tensor that was one too many; null where it is not known.</param>
    public static string OutOfMemory(long? bytes = null)
    {
        var found = (bytes, TensorMemory.Installed) switch
        {
            ({ } asked, { Limit: < long.MaxValue } pool) =>
                $"Memory ran out: a tensor of {Sizes.Bytes(asked)} was asked for beside {Sizes.Bytes(pool.InUse)} in use, and this process may have {Sizes.Bytes(pool.Limit)}.",
            ({ } asked, _) => $"Memory ran out: a tensor of {Sizes.Bytes(asked)} was asked for.",
            _ => "Memory ran out.",
        };
        return $"{found} Make training.micro_batch smaller, turn training.gradient_checkpointing on, or hold the model in bfloat16.";
    }

    /// <summary>.NET's own exception, or what libtorch says of the machine's memory and of a device's.</summary>
    private static bool RanOutOfMemory(Exception problem) => problem is OutOfMemoryException
        || (problem is System.Runtime.InteropServices.ExternalException
            && (problem.Message.Contains("not enough memory", StringComparison.OrdinalIgnoreCase)
                || problem.Message.Contains("can't allocate memory", StringComparison.OrdinalIgnoreCase)
                || problem.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)));

    /// <summary>The innermost reason why a native library did not load, or null where that is not what happened.</summary>
    public static Exception? NativeFailure(Exception problem)
    {
        for (Exception? at = problem; at is not null; at = at.InnerException)
        {
            if (at is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException
                || (at is NotSupportedException or TypeInitializationException && at.Message.Contains("TorchSharp", StringComparison.Ordinal)))
                return at.InnerException is null ? at : NativeFailure(at.InnerException) ?? at;
        }
        return null;
    }

    public static string OneLine(Exception problem) => problem.Message.Split('\n')[0].Trim();
}
