using System.CommandLine;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>Options that several commands share; each command gets its own instance.</summary>
internal static class CommonOptions
{
    public static Argument<string> Pipeline() => new("pipeline") { Description = "Name of a pipeline; `list` shows them" };

    public static Option<bool> Json() => new("--json") { Description = "One JSON document on stdout, everything else on stderr" };

    public static Option<string[]> Set() => new("--set")
    {
        Description = "Override a setting of the spec, key=value; may be repeated",
        HelpName = "key=value",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = static _ => [],
    };

    public static Option<string?> Adapter(bool required) => new("--adapter")
    {
        Description = "Folder of an adapter: adapter_config.json and adapter_model.safetensors",
        HelpName = "DIR",
        Required = required,
    };
}
