namespace NoraPipelines.Checkpoints;

/// <summary>Tells a folder that lacks a file from one whose files nobody may see: for the system, neither has it.</summary>
internal static class FolderAccess
{
    /// <summary>Why a folder that is there cannot be looked into, as a clause; null where it can, or where there is none.</summary>
    public static string? Problem(string folder)
    {
        try
        {
            if (Directory.Exists(folder)) _ = Directory.EnumerateFileSystemEntries(folder).Any();
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return $"may not be read by this user ({problem.Message.TrimEnd('.')})";
        }
    }
}
