using NoraPipelines.Checkpoints;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Checkpoints;

public class AtomicFileTests
{
    [Fact]
    public void Text_is_written_over_the_old_one_and_folders_are_made()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["a/b/c.txt"], "first");
        AtomicFile.WriteText(folder["a/b/c.txt"], "zweite ü");
        Assert.Equal("zweite ü"u8.ToArray(), File.ReadAllBytes(folder["a/b/c.txt"]));
        Assert.Single(Directory.GetFiles(folder["a/b"]));
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_no_other()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["a"], "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder["a"], stream =>
        {
            stream.Write("new"u8);
            throw new InvalidOperationException("stopped");
        }));
        Assert.Equal("old", File.ReadAllText(folder["a"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void What_killed_writers_left_is_swept_and_nothing_else_is()
    {
        using var folder = new TemporaryFolder();
        var left = Path.Combine(folder["stages"], $".initialise.safetensors.{Guid.NewGuid():N}.tmp");
        string[] others = [folder[".notes.tmp"], folder["a.tmp"], folder[$".{Guid.NewGuid():N}.tmp"]];
        Directory.CreateDirectory(folder["stages"]);
        foreach (var path in others.Append(left)) File.WriteAllText(path, "x");
        Directory.CreateDirectory(folder[$".step-000200.{Guid.NewGuid():N}.tmp"]);

        AtomicFile.Write(folder["live"], stream =>
        {
            AtomicFile.Sweep(folder.Path);
            stream.Write("whole"u8);
        });

        Assert.Equal("whole", File.ReadAllText(folder["live"]));
        Assert.Equal(others.Append(folder["live"]).Order(), Directory.GetFiles(folder.Path).Order());
        Assert.Equal([folder["stages"]], Directory.GetDirectories(folder.Path));
        Assert.Empty(Directory.GetFileSystemEntries(folder["stages"]));
    }

    [Fact]
    public void A_full_disk_is_said_in_words()
    {
        using var folder = new TemporaryFolder();
        var failure = Assert.Throws<CheckpointException>(
            () => AtomicFile.Write(folder["a"], _ => throw new IOException("No space left on device", 28)));
        Assert.Contains("the disk is full, nothing was written", failure.Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_checkpoint_that_cannot_fit_the_disk_is_refused_before_a_tensor_is_made()
    {
        using var folder = new TemporaryFolder();
        var huge = new DeferredTensor("w", float32, EquatableArray.Of(1L << 50), () => throw new InvalidOperationException("was made"));
        var failure = Assert.Throws<CheckpointException>(() => SafetensorsWriter.WriteEach(folder["a"], [huge]));
        Assert.Contains("the disk is full", failure.Message);
        Assert.Contains("bytes", failure.Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Tensors_that_cannot_be_written_are_refused_and_leave_nothing()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Assert.Contains("twice", Assert.Throws<CheckpointException>(
            () => SafetensorsWriter.Write(folder["a"], [new("w", ones(1)), new("w", ones(1))])).Message);
        Assert.Contains("ComplexFloat32", Assert.Throws<CheckpointException>(
            () => SafetensorsWriter.Write(folder["a"], [new("w", zeros(1, dtype: complex64))])).Message);
        var other = new DeferredTensor("w", float32, EquatableArray.Of(2L), () => ones(3));
        Assert.Contains("announced as float32 [2], but is float32 [3]",
            Assert.Throws<CheckpointException>(() => SafetensorsWriter.WriteEach(folder["a"], [other])).Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_place_that_is_a_folder_is_refused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["a"]);
        Assert.Contains("is a folder", Assert.Throws<CheckpointException>(() => AtomicFile.WriteText(folder["a"], "x")).Message);
        File.WriteAllText(folder["b"], "");
        Assert.Contains("could not be written", Assert.Throws<CheckpointException>(() => AtomicFile.WriteText(folder["b/c"], "x")).Message);
    }
}
