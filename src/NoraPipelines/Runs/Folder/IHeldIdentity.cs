namespace NoraPipelines.Runs.Folder;

/// <summary>Holds what is found against what was there before.</summary>
internal interface IHeldIdentity
{
    /// <param name="group">Of <see cref="RunIdentity.Marks"/>.</param>
    /// <param name="found">Part (a file's name) → size and hash.</param>
    /// <exception cref="NoraException">They differ, and must not.</exception>
    void Hold(string group, IReadOnlyDictionary<string, string> found);
}
