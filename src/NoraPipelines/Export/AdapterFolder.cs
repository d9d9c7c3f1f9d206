using NoraPipelines.Checkpoints;

namespace NoraPipelines.Export;

/// <summary>Finds an adapter's folder, and says what is there instead.</summary>
internal static class AdapterFolder
{
    /// <summary>Full path of a folder that holds <paramref name="mainFile"/>.</summary>
    /// <exception cref="CheckpointException">It does not.</exception>
    public static string Open(string folder, string mainFile, string expected)
    {
        if (!Directory.Exists(folder))
        {
            throw new CheckpointException(File.Exists(folder)
                ? $"{folder}: a file was found, expected {expected}. Name the folder it lies in."
                : $"{folder}: not found; expected {expected}. Check the path.");
        }
        if (File.Exists(Path.Combine(folder, mainFile))) return Path.GetFullPath(folder);
        throw new CheckpointException(Instead(folder) is { } instead
            ? $"{folder}: holds {instead}, expected {expected} ({mainFile})."
            : $"{folder}: has no {mainFile}; expected {expected}. An export that was cut short has none: run it again.");
    }

    private static string? Instead(string folder)
    {
        if (File.Exists(Path.Combine(folder, AdapterFiles.PeftConfig))) return "an adapter in PEFT's form";
        if (File.Exists(Path.Combine(folder, AdapterFiles.NestedDescription))) return "nested factors; the adapter's folder lies beside it";
        if (File.Exists(Path.Combine(folder, "config.json"))) return "a whole model";
        return File.Exists(Path.Combine(folder, "adapter", AdapterFiles.PeftConfig))
            ? "a run; its adapter is in the folder 'adapter'"
            : null;
    }
}
