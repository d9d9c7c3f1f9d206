using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NoraPipelines.Cli.CommandLine;
using NoraPipelines.Interop;
using TorchSharp;

namespace NoraPipelines.Cli.Doctor;

/// <summary>
/// Whether TorchSharp and libtorch load. TorchSharp's own message names a missing package whatever the cause, so where it fails the
/// library is loaded by hand: the system's loader says what is really missing.
/// </summary>
internal static class NativeChecks
{
    public static NativeFindings Run(string backend)
    {
        try
        {
            return Load(backend);
        }
        catch (Exception problem)
        {
            var reason = LoaderMessage() ?? (Failure.NativeFailure(problem) ?? problem).Message.Split('\n')[0].Trim();
            return new NativeFindings(null, null, false, [new DoctorCheck("libtorch", false, $"{reason} {Remedy(reason, backend)}")]);
        }
    }

    /// <summary>What to do about a loader's message.</summary>
    internal static string Remedy(string reason, string backend)
    {
        if (reason.Contains("GLIBCXX", StringComparison.Ordinal) || reason.Contains("CXXABI", StringComparison.Ordinal))
            return "This system's libstdc++ is older than the library was built for. Build the program again on this machine: the build makes the library loadable here.";
        if (backend == "system")
            return "The backend is `system`: set NORA_LIBTORCH to the torch/lib folder of a PyTorch whose version TorchSharp was made for.";
        if (reason.Contains("libtorch", StringComparison.Ordinal) || reason.Contains("libc10", StringComparison.Ordinal))
            return $"The backend is `{backend}`: build again with -p:NoraBackend={backend}, so that libtorch lies beside the program.";
        return "Clean the output folder and build again; then run doctor.";
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // touching `torch` is what loads the library: it must happen inside the try
    private static NativeFindings Load(string backend)
    {
        using var scope = torch.NewDisposeScope();
        var sum = torch.ones(2, 2).sum().item<float>();
        var version = torch.__version__;
        var cuda = backend != "cpu" && torch.cuda.is_available();
        List<DoctorCheck> checks =
        [
            new("libtorch", sum == 4f, $"version {version}; 1 + 1 + 1 + 1 = {sum}"),
            new("threads", true, $"{torch.get_num_threads()} of {Environment.ProcessorCount} processors"),
            new("scalars", ArgumentLifetimes.LastUntilReturn, ArgumentLifetimes.LastUntilReturn
                ? "live until the call that uses them returns"
                : "TorchSharp.dll is the one of the package, not the one that the build patches: a garbage collection during a call may end a run. Build again with dotnet build, without PublishSingleFile."),
            Beyond("operators", () => LibtorchOperators.Available ? "libtorch's fused ones, beyond TorchSharp's" : "TorchSharp's only"),
            Beyond("tensors", () => TensorMemory.Install() ? "on the CPU in a pool of blocks" : "where libtorch's own allocator puts them"),
        ];
        if (backend == "cuda" || cuda)
        {
            checks.Add(new DoctorCheck("cuda", cuda, cuda
                ? $"{torch.cuda.device_count()} device(s)"
                : "libtorch sees no CUDA device. Check nvidia-smi, or build with -p:NoraBackend=cpu."));
        }
        return new NativeFindings(version, cuda ? "cuda:0" : "cpu", true, checks);
    }

    /// <summary>What is reached in libtorch beyond TorchSharp: without it everything works, some of it more slowly.</summary>
    private static DoctorCheck Beyond(string name, Func<string> found)
    {
        try
        {
            var why = LibtorchOperators.IsOn ? "" : $": {LibtorchOperators.Switch}=off";
            return new DoctorCheck(name, true, found() + why);
        }
        catch (NoraException problem)
        {
            return new DoctorCheck(name, false, problem.Message);
        }
    }

    /// <summary>What the system's loader says of TorchSharp's library; null where it loads or is not there.</summary>
    private static string? LoaderMessage()
    {
        var name = OperatingSystem.IsWindows() ? "LibTorchSharp.dll" : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib" : "libLibTorchSharp.so";
        var path = Directory.EnumerateFiles(AppContext.BaseDirectory, name, SearchOption.AllDirectories).FirstOrDefault();
        if (path is null) return $"{name} is not below {AppContext.BaseDirectory}.";
        try
        {
            NativeLibrary.Load(path);
            return null;
        }
        catch (Exception problem) when (problem is DllNotFoundException or BadImageFormatException)
        {
            return problem.Message.Split('\n').FirstOrDefault(line => line.Contains(path, StringComparison.Ordinal))?.Trim() ?? problem.Message.Split('\n')[0].Trim();
        }
    }
}

/// <summary>What loading showed.</summary>
internal sealed record NativeFindings(string? Libtorch, string? Device, bool Loads, IReadOnlyList<DoctorCheck> Checks);
