using NoraPipelines.Runs.Settings;

namespace NoraPipelines.Runs.CommandLine;

/// <summary>What every command is given.</summary>
/// <param name="Arguments">The command line, for messages that say how to go on.</param>
internal sealed record CommandContext(PipelineTable Pipelines, HostEnvironment Host, CommandOutput Output, IReadOnlyList<string> Arguments)
{
    /// <summary>The settings that apply to a pipeline, all checked.</summary>
    public RunSettings Settings(Pipeline pipeline, IReadOnlyList<string> assignments)
    {
        var given = SettingSources.Read(Host.CurrentDirectory, Host.Variables, assignments);
        var settings = RunSettings.Apply(pipeline.Plan, pipeline.SpecFile, Host.CurrentDirectory, given);
        settings.Replace(ShapeAdoption.Apply(settings.Plan, PlannedPaths.Of(pipeline)));
        return settings;
    }

    /// <summary>A path as the user typed it.</summary>
    public string FullPath(string typed) => Path.GetFullPath(typed, Host.CurrentDirectory);
}
