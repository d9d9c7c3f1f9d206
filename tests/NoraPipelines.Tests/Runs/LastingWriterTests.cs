using NoraPipelines.Cli;
using NoraPipelines.Cli.Doctor;

namespace NoraPipelines.Tests.Runs;

public sealed class LastingWriterTests
{
    [Fact]
    public void A_stream_that_refuses_is_told_once_and_ends_nothing()
    {
        List<string> told = [];
        using var full = new StreamWriter(new FullDisk()) { AutoFlush = true };
        var writer = new LastingWriter(full, "stdout", told.Add);

        writer.WriteLine("first");
        writer.Write('x');
        writer.Flush();

        Assert.NotNull(writer.Problem);
        Assert.Contains("stdout cannot be written any more (No space left on device)", Assert.Single(told), StringComparison.Ordinal);
        GC.SuppressFinalize(full);
    }

    [Fact]
    public void A_limit_of_files_that_no_run_can_live_with_is_told()
    {
        var limit = OpenFiles.Of(["Limit                     Soft Limit           Hard Limit           Units", "Max open files            64                   128                  files"]);
        Assert.Equal(64, limit);
        Assert.Contains("ulimit -n 1024", OpenFiles.Problem(limit), StringComparison.Ordinal);
        Assert.Null(OpenFiles.Problem(1024));
        Assert.Null(OpenFiles.Problem(null));
    }

    private sealed class FullDisk : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("No space left on device");

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device");
    }
}
