using NoraPipelines.Plans;

namespace NoraPipelines.Data;

/// <summary>Opens a data file, and says in words why that fails.</summary>
internal static class DataFile
{
    public static ByteWindow Open(string path)
    {
        if (Directory.Exists(path)) throw new DataException($"{path} is a folder, expected a file." + Offer("It holds", FilesIn(path)));
        if (!File.Exists(path)) throw new DataException(Missing(path));
        return Guard(path, () => new ByteWindow(path));
    }

    /// <summary>Runs a piece of reading; what the system refuses becomes a message about the file.</summary>
    public static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DataException($"{path} cannot be read: {refused.Message}", refused);
        }
    }

    private static string Missing(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (Directory.Exists(folder))
        {
            var name = Path.GetFileName(path);
            var near = DidYouMean.NearestFirst(name, FilesIn(folder));
            return $"{path}: there is no such file." + Offer("Near it are", near);
        }
        var above = folder;
        while (above is not null && !Directory.Exists(above)) above = Path.GetDirectoryName(above);
        return $"{path}: there is no such file, nor its folder {folder}; the part that exists is {above}.";
    }

    private static IEnumerable<string> FilesIn(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)
                .Where(file => DataFormat.IsKnown(file)).Take(1000)];
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Offer(string words, IEnumerable<string> files)
    {
        var some = files.Take(3).ToArray();
        return some.Length == 0 ? "" : $" {words}: {string.Join(", ", some)}.";
    }
}
