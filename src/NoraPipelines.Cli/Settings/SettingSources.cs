using System.Text.Json;
using Microsoft.Extensions.Configuration;
using NoraPipelines.Runs.Settings;

namespace NoraPipelines.Cli.Settings;

/// <summary>Gathers settings: nora.settings.json, then environment variables, then --set; a later one wins.</summary>
internal static class SettingSources
{
    public const string FileName = "nora.settings.json";
    private const string Prefix = "NORA_";

    /// <exception cref="UsageException">A --set that is not key=value.</exception>
    /// <exception cref="NoraException">nora.settings.json is not a JSON object.</exception>
    public static IReadOnlyList<SettingValue> Read(
        string currentDirectory, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> assignments)
    {
        var found = new Dictionary<string, SettingValue>(StringComparer.OrdinalIgnoreCase);
        foreach (var value in FromFile(Path.Combine(currentDirectory, FileName))
                     .Concat(FromEnvironment(environment)).Concat(assignments.Select(FromAssignment)))
            found[value.Key] = value;
        return [.. found.Values];
    }

    private static IEnumerable<SettingValue> FromFile(string path)
    {
        if (Directory.Exists(path) || new FileInfo(path).LinkTarget is not null && !File.Exists(path))
            throw new NoraException($"{path}: is {(Directory.Exists(path) ? "a folder" : "a link to a file that is not there")}, expected a file with settings in JSON. Remove or rename it.");
        if (!File.Exists(path)) return [];
        IConfigurationRoot file;
        try
        {
            file = new ConfigurationBuilder().AddJsonFile(path, optional: false, reloadOnChange: false).Build();
        }
        catch (Exception problem) when (problem is InvalidDataException or FormatException or JsonException or IOException or UnauthorizedAccessException)
        {
            throw new NoraException(
                $"{path}: {Innermost(problem).Message} Expected one JSON object of settings, such as {{ \"training\": {{ \"learning_rate\": 1e-3 }} }}; correct or remove the file.", problem);
        }
        return Leaves(file.GetChildren()).Select(leaf => new SettingValue(leaf.Key, leaf.Value, path));
    }

    /// <summary>Keys with dots and their texts; an array of plain values becomes one text, [1,2,3].</summary>
    private static IEnumerable<(string Key, string Value)> Leaves(IEnumerable<IConfigurationSection> sections)
    {
        foreach (var section in sections)
        {
            var children = section.GetChildren().ToArray();
            var key = section.Path.Replace(':', '.');
            if (children.Length == 0) yield return (key, section.Value ?? "none");
            else if (children.All(child => int.TryParse(child.Key, out _) && child.Value is not null && !child.GetChildren().Any()))
                yield return (key, $"[{string.Join(",", children.OrderBy(child => int.Parse(child.Key)).Select(child => child.Value))}]");
            else
                foreach (var leaf in Leaves(children)) yield return leaf;
        }
    }

    /// <summary>
    /// A name with two underscores, a dot or a small letter means a key, also one that there is not, which is refused; others, such as NORA_TRACE,
    /// are switches of the program.
    /// </summary>
    private static IEnumerable<SettingValue> FromEnvironment(IReadOnlyDictionary<string, string> environment) =>
        from variable in environment
        where variable.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        let key = variable.Key[Prefix.Length..]
        where key.Length == 0 || key.Contains("__", StringComparison.Ordinal) || key.Any(letter => letter == '.' || char.IsAsciiLetterLower(letter))
        select new SettingValue(key.Replace("__", ".", StringComparison.Ordinal), variable.Value, $"the environment variable {variable.Key}");

    private static SettingValue FromAssignment(string assignment)
    {
        var equals = assignment.IndexOf('=');
        if (equals <= 0) throw new UsageException($"--set {SettingText.Shown(assignment)}: expected key=value, such as --set training.learning_rate=1e-3.");
        return new SettingValue(assignment[..equals].Trim(' '), assignment[(equals + 1)..].Trim(' '), SettingValue.CommandLine);
    }

    private static Exception Innermost(Exception problem) => problem.InnerException is { } inner ? Innermost(inner) : problem;
}
