using NoraPipelines.Cli.Settings;
using NoraPipelines.Runs.Settings;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>What every command is given.</summary>
/// <param name="Arguments">The command line, for messages that say how to go on.</param>
/// <param name="Stop">Listens from before the command is read.</param>
internal sealed record CommandContext(
    PipelineTable Pipelines, HostEnvironment Host, CommandOutput Output, IReadOnlyList<string> Arguments, StopRequest Stop)
{
    /// <summary>The settings that apply to a pipeline, all checked.</summary>
    /// <param name="beside">Pipelines that it is compared with: what is meant for one of those may mean nothing here.</param>
    public RunSettings Settings(Pipeline pipeline, IReadOnlyList<string> assignments, IReadOnlyList<Pipeline>? beside = null)
    {
        SettingValue[] given =
        [
            .. SettingSources.Read(Host.CurrentDirectory, Host.Variables, assignments).Where(value => RunSettings.Meaningless(pipeline.Plan, value.Key) is null
                || beside?.Any(other => RunSettings.Meaningless(other.Plan, value.Key) is null) != true),
        ];
        var settings = RunSettings.Apply(pipeline.Plan, pipeline.SpecFile, Host.CurrentDirectory, given);
        settings.Replace(ShapeAdoption.Apply(settings.Plan, PlannedPaths.Of(pipeline), Output.Notices));
        return settings;
    }

    /// <summary>Where a command computes.</summary>
    /// <param name="typed">What --device says; null: it was not given.</param>
    /// <exception cref="NoraException">It is no device, or there is none such here.</exception>
    public ChosenDevice Device(Pipeline pipeline, string? typed) => Devices.Choose(Devices.Backend(pipeline), typed, Host.Variables);

    /// <summary>A path as the user typed it.</summary>
    /// <exception cref="UsageException">It is empty, or has a character that no path has.</exception>
    public string FullPath(string typed) => typed.Length > 0 && !typed.Contains('\0')
        ? Path.GetFullPath(typed, Host.CurrentDirectory)
        : throw new UsageException("A path on the command line is empty or has a NUL character. Expected a file or folder; a dot is the current one.");
}
