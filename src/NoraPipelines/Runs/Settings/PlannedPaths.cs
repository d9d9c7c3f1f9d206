using System.Reflection;

namespace NoraPipelines.Runs.Settings;

/// <summary>
/// Where the relative paths of a plan start: the spec's folder, in the project if it is on this machine, else beside the program.
/// </summary>
internal sealed class PlannedPaths(string specFile, string folder)
{
    private const string ProjectKey = "NoraPipelines.ProjectDirectory";

    /// <summary>The folder that relative paths start in.</summary>
    public string Folder => folder;

    public static PlannedPaths Of(Pipeline pipeline)
    {
        var project = Metadata(pipeline, ProjectKey);
        var root = project is not null && Directory.Exists(project) ? project : AppContext.BaseDirectory;
        return new PlannedPaths(pipeline.SpecFile, Path.GetFullPath(Path.GetDirectoryName(pipeline.SpecFile) ?? "", root));
    }

    /// <summary>What the build wrote down about the program that holds the pipeline.</summary>
    public static string? Metadata(Pipeline? pipeline, string key) =>
        new[] { pipeline?.GetType().Assembly, Assembly.GetEntryAssembly() }
            .SelectMany(assembly => assembly?.GetCustomAttributes<AssemblyMetadataAttribute>() ?? [])
            .FirstOrDefault(attribute => attribute.Key == key)?.Value;

    /// <exception cref="NoraException">There is neither a file nor a folder.</exception>
    public string Existing(string key, string path)
    {
        if (path.Contains('\0')) throw new NoraException($"{key} of {specFile} is a path with a NUL character. Write it without.");
        var full = Path.GetFullPath(path, folder);
        if (File.Exists(full) || Directory.Exists(full) || path.AsSpan().IndexOfAny('*', '?') >= 0) return full; // a glob is looked up where it is read
        if (Path.IsPathFullyQualified(path))
            throw new NoraException($"{full}: there is no such file or folder. It is what {key} names; a relative path of a setting starts in the current directory.");
        throw new NoraException(
            $"{full}: there is no such file or folder. It is {key} of {specFile}, whose paths start in {folder}. Put it there, or name another with --set {key}=PATH.");
    }
}
