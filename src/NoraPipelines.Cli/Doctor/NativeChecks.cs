using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NoraPipelines.Cli.CommandLine;
using NoraPipelines.Interop;
using NoraPipelines.Training;
using TorchSharp;

namespace NoraPipelines.Cli.Doctor;

/// <summary>
/// Whether TorchSharp and libtorch load. TorchSharp's own message names a missing package whatever the cause, so where it fails the
/// library is loaded by hand: the system's loader says what is really missing.
/// </summary>
internal static class NativeChecks
{
    /// <param name="device">Chooses where runs would compute.</param>
    /// <exception cref="UsageException">What was given is no device.</exception>
    public static NativeFindings Run(string backend, Func<ChosenDevice> device)
    {
        try
        {
            return Load(backend, device);
        }
        catch (Exception problem) when (problem is not UsageException)
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
    private static NativeFindings Load(string backend, Func<ChosenDevice> device)
    {
        using var scope = torch.NewDisposeScope();
        var sum = torch.ones(2, 2).sum().item<float>();
        var version = torch.__version__;
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
        if (backend != Devices.Cpu) checks.Add(Cards(backend, torch.cuda.is_available() ? torch.cuda.device_count() : 0));
        var (chosen, check) = Choice(device);
        return new NativeFindings(version, chosen?.Name, true, [.. checks, check]);
    }

    /// <summary>A build for cards alone wants one; one on somebody else's libtorch may be on the CPU.</summary>
    internal static DoctorCheck Cards(string backend, int found) => new(Devices.Cuda, found > 0 || backend != Devices.Cuda, found > 0
        ? $"libtorch sees {found} device{(found == 1 ? "" : "s")}"
        : $"libtorch sees no CUDA device.{(backend == Devices.Cuda ? " Check nvidia-smi and CUDA_VISIBLE_DEVICES, or build with -p:NoraBackend=cpu." : "")}");

    /// <summary>Where runs would compute, and what decided it; what stands in the way is a check that is not well.</summary>
    private static (ChosenDevice? Device, DoctorCheck Check) Choice(Func<ChosenDevice> device)
    {
        try
        {
            var chosen = device();
            return (chosen, new DoctorCheck("device", true, $"{chosen.Name} ({chosen.Source}){Card(chosen)}"));
        }
        catch (NoraException problem) when (problem is not UsageException)
        {
            return (null, new DoctorCheck("device", false, problem.Message));
        }
    }

    /// <summary>A card's name and memory, and who will count what a run takes of it.</summary>
    private static string Card(ChosenDevice chosen)
    {
        if (chosen.Card is null) return "";
        using (torch.zeros(1, device: chosen.Device)) { } // libtorch's books open with the first tensor there
        return $", {chosen.CardName ?? "of unknown name"}, "
            + (chosen.Memory is { } card ? $"{Sizes.Bytes(card.Total)}, {Sizes.Bytes(card.Free)} free by its driver" : "whose driver tells no memory")
            + (DeviceMemory.Now(chosen.Device) is { } now ? $"; a run's memory is counted by the {now.Source}" : "; nobody counts a run's memory");
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
