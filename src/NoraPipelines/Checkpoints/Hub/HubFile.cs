namespace NoraPipelines.Checkpoints.Hub;

/// <summary>A file that a repository lists.</summary>
/// <param name="Path">With "/" between folders; a name that leaves the folder is refused before it comes here.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Hash">Lower-case: SHA-256 of a large file (64 digits), or Git's SHA-1 of a small one (40 digits).</param>
internal sealed record HubFile(string Path, long Size, string Hash);
