namespace NoraPipelines.Disk;

/// <summary>Tells a file that is not there from a folder that has its name: a folder of files that is badly packed must not be read as one that never had the file.</summary>
internal static class OptionalFile
{
    /// <summary>Whether the file is there; a link to nothing is, and fails when it is read.</summary>
    /// <exception cref="IOException">A folder has its name.</exception>
    public static bool Exists(string path) => File.Exists(path) || (Directory.Exists(path) ? throw new IOException("it is a folder, expected a file.") : false);
}
