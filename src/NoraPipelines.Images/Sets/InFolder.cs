using NoraPipelines.Data;
using NoraPipelines.Disk;

namespace NoraPipelines.Images;

/// <summary>Holds a data set to its own folder, which as a whole may be reached through any link.</summary>
internal static class InFolder
{
    /// <exception cref="DataException">A link on the way leads out of the folder.</exception>
    public static void Check(string folder, string path)
    {
        try
        {
            var (home, real) = (RealPath.Of(folder), RealPath.Of(path));
            if (real != home && !real.StartsWith(home.EndsWith(Path.DirectorySeparatorChar) ? home : home + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                throw new DataException($"{path} is a link to {real}, outside of {folder}; expected a file of the data set. Copy it there, or name the folder that holds all of them.");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path} cannot be read: {refused.Message}", refused);
        }
    }

    /// <summary>Whether a path of a file of others stays below a folder: relative, with "/", without "." and "..".</summary>
    public static bool IsBelow(string path) =>
        path.Length > 0 && !Path.IsPathRooted(path) && path.AsSpan().IndexOfAny('\\', '\0', ':') < 0 && path.Split('/').All(part => part is not ("" or "." or ".."));

    /// <summary>Runs a piece of listing; what the system refuses becomes a message about the folder.</summary>
    public static T Guard<T>(string folder, Func<T> list)
    {
        try
        {
            return list();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{folder} cannot be read: {refused.Message}", refused);
        }
    }
}
