using NoraPipelines.Disk;

namespace NoraPipelines.Checkpoints.Hub;

/// <summary>One process at a time loads a blob. The system lets go of the lock when the process ends, however it ends.</summary>
internal static class HubLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <param name="path">In a folder that is there.</param>
    /// <exception cref="HubException">The lock's file cannot be made.</exception>
    public static async Task<IDisposable> Take(string path, Action waiting, CancellationToken stop)
    {
        var told = false;
        OwnFile.RemoveLink(path);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                if (!told) waiting();
                told = true;
                await Task.Delay(Pause, stop);
            }
        }
    }
}
