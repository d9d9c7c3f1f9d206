using NoraPipelines.Disk;

namespace NoraPipelines.Runs.Folder;

/// <summary>Held open for as long as a process writes into a run's folder; the system lets go of it however the process ends.</summary>
internal sealed class RunLock : IDisposable
{
    // Under which .NET passes on EWOULDBLOCK (Linux, macOS) and ERROR_SHARING_VIOLATION.
    private static readonly int[] HeldCodes = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <exception cref="NoraException">Another process holds the folder.</exception>
    public static RunLock Take(RunDirectory directory)
    {
        var path = directory.LockFile;
        if (Directory.Exists(path)) throw new NoraException($"{path}: is a folder, expected a file, which a run holds while it writes. Remove it, or choose another folder with --output.");
        try
        {
            OwnFile.RemoveLink(path);
            return new RunLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException problem) when (!HeldCodes.Contains(problem.HResult))
        {
            throw new NoraException($"{WriteFailure.Describe(path, 0, problem)} Choose another folder with --output.", problem);
        }
        catch (IOException problem)
        {
            throw new NoraException(
                $"{directory.Path}: another process is writing into this run's folder ({problem.Message}) Wait for it, stop it, or choose another folder with --output.", problem);
        }
        catch (UnauthorizedAccessException problem)
        {
            throw new NoraException($"{directory.Path}: this folder may not be written ({problem.Message}) Make it writable, or choose another with --output.", problem);
        }
    }

    public void Dispose() => _file.Dispose();
}
