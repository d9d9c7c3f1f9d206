namespace NoraPipelines.Checkpoints.Hub;

/// <summary>Names that come over the network become paths here, or are refused.</summary>
internal static class HubPaths
{
    /// <summary>Whether a name stays in the folder that it is put into, on every system.</summary>
    public static bool IsInside(string path) =>
        path.Length is > 0 and <= 500 && path.IndexOfAny(['\\', ':']) < 0 && !path.Any(char.IsControl) && !System.IO.Path.IsPathRooted(path)
        && path.Split('/').All(part => part is not ("" or "." or "..") && !part.EndsWith('.') && !part.EndsWith(' '));

    /// <exception cref="HubException">It leaves the folder.</exception>
    public static string Checked(HubRepository repository, string path) => IsInside(path) ? path : throw new HubException(
        $"{repository}: lists the file '{path}', whose name leaves its folder. Do not use this repository.");

    /// <summary>A hash of a listing or a header, in lower case; null if it is none.</summary>
    public static string? Hash(string? text)
    {
        var hash = text?.Trim();
        if (hash?.StartsWith("W/", StringComparison.Ordinal) == true) hash = hash[2..];
        hash = hash?.Trim('"').ToLowerInvariant();
        if (hash?.StartsWith("sha256:", StringComparison.Ordinal) == true) hash = hash[7..];
        return hash is { Length: 40 or 64 } && hash.All(char.IsAsciiHexDigitLower) ? hash : null;
    }
}
