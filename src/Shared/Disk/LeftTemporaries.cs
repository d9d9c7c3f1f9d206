using System.Text.RegularExpressions;

namespace NoraPipelines.Disk;

/// <summary>What writers of whole files leave in a folder when they are killed: .name.(32 hexadecimal digits).tmp, files and folders.</summary>
internal static partial class LeftTemporaries
{
    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint, // what a link leads to is somebody else's
        IgnoreInaccessible = true,
    };

    /// <summary>Removes them from a folder and those below it; a file that its writer still holds open stays, and what cannot be removed.</summary>
    public static void Sweep(string folder)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var path in Directory.EnumerateFileSystemEntries(folder, ".*.tmp", Everything).Where(path => Name().IsMatch(Path.GetFileName(path))).ToList())
        {
            try
            {
                if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
                else Remove(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It is being written, or went with its folder.
            }
        }
    }

    private static void Remove(string path)
    {
        using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None)) // refused while its writer lives
        {
        }
        File.Delete(path);
    }

    [GeneratedRegex(@"^\..+\.[0-9a-f]{32}\.tmp$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
