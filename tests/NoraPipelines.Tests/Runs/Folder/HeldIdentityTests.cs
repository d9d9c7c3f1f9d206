using NoraPipelines.Checkpoints;
using NoraPipelines.Runs;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Tests.Checkpoints;

namespace NoraPipelines.Tests.Runs.Folder;

public sealed class HeldIdentityTests
{
    [Theory]
    [InlineData("a", "b")] // other content
    [InlineData("a", null)] // a file that is gone
    [InlineData(null, "a")] // a file that is new
    public void What_differs_from_the_start_is_refused_with_its_name(string? before, string? now)
    {
        using var folder = new TemporaryFolder();
        Hold(folder, Marks(before));

        var problem = Assert.Throws<NoraException>(() => Hold(folder, Marks(now)));

        Assert.Contains($"tokenizer (added_tokens.json: {before ?? "none"}, now {now ?? "none"})", problem.Message, StringComparison.Ordinal);
        Assert.Contains("--allow-changed tokenizer", problem.Message, StringComparison.Ordinal);
        Hold(folder, Marks(before)); // what was refused changed nothing
    }

    [Fact]
    public void What_was_allowed_to_differ_is_kept_and_holds_from_then_on()
    {
        using var folder = new TemporaryFolder();
        Hold(folder, Marks("a"));
        Hold(folder, Marks("b"), RunIdentity.Tokenizer);
        Hold(folder, Marks("b"));
        Assert.Equal("tokenizer (added_tokens.json: a, now b)", Assert.Single(RunIdentity.Read(RunDirectory.At(folder.Path))!.Changes));
    }

    [Fact]
    public void A_changed_byte_of_a_large_file_is_found_in_its_header_and_at_its_end()
    {
        using var folder = new TemporaryFolder();
        using (var file = File.Create(folder["w.safetensors"]))
        {
            file.Write(BitConverter.GetBytes(400_000L));
            file.SetLength((64L << 20) + 1);
        }
        var before = SampledMark.Of(folder["w.safetensors"]);
        foreach (var place in (long[])[300_000, 64L << 20])
        {
            Put(place, 1);
            Assert.NotEqual(before, SampledMark.Of(folder["w.safetensors"]));
            Put(place, 0);
        }
        Assert.Equal(before, SampledMark.Of(folder["w.safetensors"]));

        void Put(long place, byte value)
        {
            using var file = File.OpenWrite(folder["w.safetensors"]);
            file.Position = place;
            file.WriteByte(value);
        }
    }

    private static Dictionary<string, string> Marks(string? added) => added is null ? [] : new() { ["added_tokens.json"] = added };

    private static void Hold(TemporaryFolder folder, Dictionary<string, string> found, params string[] allowed)
    {
        var directory = RunDirectory.Create(folder.Path);
        var identity = RunIdentity.Read(directory)
            ?? new RunIdentity { Number = 1, Started = DateTimeOffset.UnixEpoch, Marks = new Dictionary<string, IReadOnlyDictionary<string, string>>() };
        new HeldIdentity(directory, identity, allowed, SilentView.Instance).Hold(RunIdentity.Tokenizer, found);
    }
}
