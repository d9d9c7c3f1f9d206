using CsCheck;
using NoraPipelines.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Checkpoints;

/// <summary>Whatever the bytes are, a file opens and all of its tensors can be read, or a CheckpointException says why not.</summary>
public class SafetensorsFuzzTests
{
    [Fact]
    public void A_file_cut_off_at_any_byte_is_refused()
    {
        var whole = Sample();
        using var folder = new TemporaryFolder();
        for (var length = 0; length < whole.Length; length++) Assert.False(Opens(folder, whole.AsSpan(0, length)), $"cut at {length}");
        Assert.True(Opens(folder, whole));
    }

    [Fact]
    public void Any_flipped_bit_of_the_header_gives_a_readable_file_or_a_refusal()
    {
        var whole = Sample();
        using var folder = new TemporaryFolder();
        var header = 8 + BitConverter.ToInt32(whole);
        var refused = 0;
        for (var bit = 0; bit < header * 8; bit++)
        {
            whole[bit / 8] ^= (byte)(1 << (bit % 8));
            if (!Opens(folder, whole)) refused++;
            whole[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        // What survives is a changed letter in a name or in the metadata.
        Assert.InRange(refused, header * 5, header * 8);
    }

    [Fact]
    public void Random_changes_give_a_readable_file_or_a_refusal()
    {
        var whole = Sample();
        using var folder = new TemporaryFolder();
        var random = new Random(17);
        for (var round = 0; round < 1500; round++)
        {
            var bytes = whole.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                var at = random.Next(bytes.Length);
                bytes = random.Next(4) switch
                {
                    0 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 20))..], (byte)random.Next(256)],
                    1 => [.. bytes[..at], (byte)"{}[]\",:0129-e"[random.Next(13)], .. bytes[at..]],
                    2 => [.. bytes[..at], .. bytes[at..Math.Min(bytes.Length, at + 30)], .. bytes[at..]],
                    _ => [.. bytes[..at], (byte)random.Next(256), .. bytes[Math.Min(bytes.Length, at + 1)..]],
                };
            }
            Opens(folder, bytes);
        }
    }

    [Fact]
    public void Random_bytes_are_refused()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(18);
        for (var round = 0; round < 500; round++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            // A plausible length and a brace take half of them past the first checks.
            if (round % 2 == 0 && bytes.Length > 9)
            {
                BitConverter.TryWriteBytes(bytes, (ulong)random.Next(bytes.Length - 8));
                bytes[8] = (byte)'{';
            }
            Assert.False(Opens(folder, bytes));
        }
    }

    [Fact]
    public void Whatever_is_written_is_read_back_identical()
    {
        ScalarType[] dtypes = [float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8];
        var tensors = Gen.Select(Gen.String[1, 12], Gen.Int[0, dtypes.Length - 1], Gen.Long[0, 5].Array[0, 4], Gen.Int[0, 1000])
            .Array[0, 8];
        tensors.Sample(cases =>
        {
            using var scope = NewDisposeScope();
            using var folder = new TemporaryFolder();
            var written = cases.Where(one => !one.Item1.Any(char.IsSurrogate)).DistinctBy(one => one.Item1).ToDictionary(
                one => one.Item1, one => (rand(one.Item3, generator: new Generator((ulong)one.Item4)) * 100).to(dtypes[one.Item2]));
            SafetensorsWriter.Write(folder["a"], written);
            using var file = SafetensorsFile.Open(folder["a"]);
            foreach (var (name, tensor) in written) SameTensor.Check(tensor, file.Read(name), name);
            return file.Tensors.Count == written.Count;
        }, iter: 60, threads: 1, seed: "0000000000000");
    }

    private static bool Opens(TemporaryFolder folder, ReadOnlySpan<byte> bytes)
    {
        var path = folder["fuzzed.safetensors"];
        File.WriteAllBytes(path, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using var scope = NewDisposeScope();
            using var file = SafetensorsFile.Open(path);
            foreach (var entry in file.Tensors.Values)
            {
                var tensor = file.Read(entry.Name);
                Assert.Equal(entry.Bytes, tensor.numel() * tensor.element_size());
            }
            return true;
        }
        catch (CheckpointException)
        {
            return false;
        }
        finally
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
    }

    private static byte[] Sample()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder["a"], new Dictionary<string, Tensor>
        {
            ["layer.weight"] = arange(12).reshape(3, 4).to(float32),
            ["layer.bias"] = arange(3).to(bfloat16),
            ["mask"] = ones(3, dtype: @bool),
            ["count"] = tensor(7L),
        }, new Dictionary<string, string> { ["format"] = "pt" });
        return File.ReadAllBytes(folder["a"]);
    }
}
