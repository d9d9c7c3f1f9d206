namespace NoraPipelines.Checkpoints;

/// <summary>Says in words why a file could not be read.</summary>
internal static class ReadFailure
{
    /// <param name="what">What the file was to be: "safetensors file", …</param>
    public static CheckpointException Of(string path, string what, Exception failure) => new(failure switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"{path}: not found; expected a {what}. Check the path.",
        UnauthorizedAccessException => $"{path}: may not be read by this user; expected a {what}. Check its permissions.",
        ArgumentException or NotSupportedException => $"'{path}' is no path of a file; expected a {what}.",
        _ => $"{path}: could not be read: {failure.Message} Check the disk and the path.",
    }, failure);
}
