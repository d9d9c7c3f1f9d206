using NoraPipelines.Runs;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Tests.Checkpoints;

namespace NoraPipelines.Tests.Runs.Folder;

public class RunLockTests
{
    [Fact]
    public void A_lock_is_a_file_of_the_folder_and_goes_through_no_link()
    {
        using var folder = new TemporaryFolder();
        var directory = RunDirectory.Create(folder["run"]);
        File.CreateSymbolicLink(directory.In(".lock"), folder["victim"]);

        using (RunLock.Take(directory)) Assert.Throws<NoraException>(() => _ = RunLock.Take(directory));

        Assert.False(File.Exists(folder["victim"]));
    }
}
