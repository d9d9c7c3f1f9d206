using System.Security.Cryptography;
using System.Text;

namespace NoraPipelines.Checkpoints;

/// <summary>A file's size in bytes and the SHA-256 of its content: by them a file that changed after it was written is found.</summary>
internal sealed record FileMark(long Bytes, string Sha256)
{
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static FileMark Of(string path)
    {
        using var stream = File.OpenRead(path);
        return new FileMark(stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    /// <summary>Of a text as it is written: UTF-8 without a byte order mark.</summary>
    public static FileMark OfText(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return new FileMark(bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    /// <summary>How a file differs from what was written, as a clause; null where it does not.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string? Problem(string path)
    {
        var found = Of(path);
        if (found.Bytes != Bytes) return $"has {found.Bytes:N0} bytes, {Bytes:N0} were written";
        return found.Sha256 == Sha256 ? null : $"has the SHA-256 {found.Sha256}, {Sha256} was written";
    }
}
