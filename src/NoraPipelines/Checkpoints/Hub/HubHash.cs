using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace NoraPipelines.Checkpoints.Hub;

/// <summary>The checksum that a file's name in the cache is: SHA-256, or SHA-1 of Git's blob ("blob SIZE\0" and the content).</summary>
internal static class HubHash
{
    public static string Of(string path, int digits)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1, FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(digits == 64 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (digits == 40) hash.AppendData(Encoding.ASCII.GetBytes($"blob {stream.Length}\0"));
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            for (int read; (read = stream.Read(buffer)) > 0;) hash.AppendData(buffer, 0, read);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
