using System.Runtime.InteropServices;

namespace NoraPipelines.Cli;

/// <summary>Ends the process without running exit handlers: libtorch's would tear down memory that its threads still use.</summary>
internal static partial class ProcessEnd
{
    public static void Now(int code)
    {
        if (OperatingSystem.IsWindows()) TerminateProcess(-1, (uint)code);
        else ExitAtOnce(code);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitAtOnce(int code);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool TerminateProcess(nint process, uint code);
}
