using System.Reflection;
using System.Runtime.InteropServices;
using NoraPipelines.Runs.Settings;
using TorchSharp;

namespace NoraPipelines.Runs.Folder;

/// <summary>environment.json: what the run was computed with. No environment variables: they may hold secrets.</summary>
internal sealed record RunEnvironment
{
    public required DateTimeOffset Started { get; init; }

    public required IReadOnlyList<string> CommandLine { get; init; }

    public required string Version { get; init; }

    public required string Dotnet { get; init; }

    public required string System { get; init; }

    public required string Backend { get; init; }

    [global::System.Text.Json.Serialization.JsonPropertyName("torchsharp")]
    public required string TorchSharp { get; init; }

    public required string Libtorch { get; init; }

    public required string Device { get; init; }

    /// <summary>What decided the device; null in the record of an earlier build.</summary>
    public string? DeviceSource { get; init; }

    /// <summary>The card's name; null on a CPU, and where no driver tells.</summary>
    public string? Card { get; init; }

    public required int Threads { get; init; }

    public required int Processors { get; init; }

    /// <summary>Bytes that the process may use.</summary>
    public required long Memory { get; init; }

    /// <summary>Commit of the project, "-dirty" where files differ from it; null outside of a repository.</summary>
    public required string? Commit { get; init; }

    public static RunEnvironment Of(Pipeline pipeline, ChosenDevice device, IReadOnlyList<string> arguments) => new()
    {
        Started = DateTimeOffset.UtcNow,
        CommandLine = arguments,
        Version = InformationalVersion(typeof(Pipeline).Assembly),
        Dotnet = Environment.Version.ToString(),
        System = $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
        Backend = Devices.Backend(pipeline),
        TorchSharp = InformationalVersion(typeof(torch).Assembly),
        Libtorch = torch.__version__,
        Device = device.Name,
        DeviceSource = device.Source,
        Card = device.CardName,
        Threads = torch.get_num_threads(),
        Processors = Environment.ProcessorCount,
        Memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        Commit = GitCommit.Of(PlannedPaths.Of(pipeline).Folder),
    };

    public void Write(RunDirectory directory) => RunJson.WriteChecked(directory.EnvironmentFile, this);

    private static string InformationalVersion(Assembly assembly) =>
        (assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version?.ToString() ?? "unknown").Split('+')[0];
}
