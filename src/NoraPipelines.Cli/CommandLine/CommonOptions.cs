using System.CommandLine;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Folder;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>Options that several commands share; each command gets its own instance.</summary>
internal static class CommonOptions
{
    public const string PipelineName = "pipeline";

    public static Argument<string> Pipeline() => new(PipelineName) { Description = "Name of a pipeline; `list` shows them" };

    public static Option<bool> Json() => new("--json") { Description = "One JSON document on stdout, everything else on stderr" };

    public static Option<string[]> Set() => new("--set")
    {
        Description = "Override a setting of the spec, key=value; may be repeated",
        HelpName = "key=value",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = static _ => [],
    };

    public static Option<string[]> AllowChanged() => new("--allow-changed")
    {
        Description = $"With --resume: go on although this is not what the run was started with: {Listing.Or(RunIdentity.Keys)}; may be repeated",
        HelpName = "KEY",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = static _ => [],
    };

    /// <exception cref="UsageException">A key that there is not, or nothing is resumed.</exception>
    public static IReadOnlyList<string> Allowed(string[]? keys, bool resume)
    {
        if (keys is not { Length: > 0 }) return [];
        if (!resume) throw new UsageException("--allow-changed says what may differ from an earlier start, and nothing is resumed. Give --resume as well, or leave it out.");
        if (keys.FirstOrDefault(key => !RunIdentity.Keys.Contains(key)) is { } unknown)
            throw new UsageException($"--allow-changed {unknown}: expected {Listing.Or(RunIdentity.Keys)}{DidYouMean.Hint(unknown, RunIdentity.Keys)}.");
        return keys;
    }

    public static Option<string?> Device()
    {
        var option = new Option<string?>(Devices.Option)
        {
            Description = $"Where to compute: {Devices.Expected}; left out: {Devices.Variable}, else {Devices.Auto}",
            HelpName = "DEVICE",
        };
        option.CompletionSources.Add(Devices.Auto, Devices.Cpu, Devices.Cuda);
        return option;
    }

    public static Option<string?> Adapter(bool required) => new("--adapter")
    {
        Description = "Folder of an adapter: adapter_config.json and adapter_model.safetensors",
        HelpName = "DIR",
        Required = required,
    };
}
