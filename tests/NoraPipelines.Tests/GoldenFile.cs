namespace NoraPipelines.Tests;

/// <summary>
/// Inputs and outputs of reference implementations, kept in tests/golden. Each folder's README.md names the reference, the commit, the call and
/// the tolerance.
/// </summary>
internal static class GoldenFile
{
    /// <summary>Absolute path of a file or folder below tests/golden.</summary>
    public static string Path(string relative) => Repository.Path(System.IO.Path.Combine("tests/golden", relative));
}
