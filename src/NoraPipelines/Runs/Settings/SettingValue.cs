namespace NoraPipelines.Runs.Settings;

/// <summary>A value that someone gave, and where.</summary>
/// <param name="Source">As a message names it: "--set", "the environment variable NORA_training__batch", a file's path.</param>
internal sealed record SettingValue(string Key, string Value, string Source)
{
    /// <summary>The source of what was typed.</summary>
    public const string CommandLine = "--set";
}
