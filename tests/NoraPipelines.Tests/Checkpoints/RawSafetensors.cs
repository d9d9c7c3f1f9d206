using System.Buffers.Binary;
using System.Text;
using NoraPipelines.Checkpoints;

namespace NoraPipelines.Tests.Checkpoints;

/// <summary>Bytes of a safetensors file as a hostile or broken writer would leave them.</summary>
internal static class RawSafetensors
{
    public static byte[] Bytes(string header, int dataBytes, ulong? statedLength = null) =>
        Bytes(Encoding.UTF8.GetBytes(header), dataBytes, statedLength);

    public static byte[] Bytes(byte[] header, int dataBytes, ulong? statedLength = null)
    {
        var bytes = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, statedLength ?? (ulong)header.Length);
        header.CopyTo(bytes, 8);
        return bytes;
    }

    /// <summary>The message with which a file of these bytes is refused.</summary>
    public static string Refusal(byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        var path = folder["bad.safetensors"];
        File.WriteAllBytes(path, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path).Dispose());
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20, "more than 1 MiB was allocated for a refused file");
        Assert.StartsWith(path, refusal.Message);
        return refusal.Message;
    }
}
