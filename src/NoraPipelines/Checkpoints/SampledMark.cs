using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace NoraPipelines.Checkpoints;

/// <summary>
/// A file's size and a hash by which another file in its place is told: of all of it up to 64 MiB, of a larger one of its beginning (a
/// safetensors header as a whole), its end and 256 stretches between, so that hundreds of gigabytes of weights are compared in a second.
/// </summary>
internal static class SampledMark
{
    private const int Stretches = 256, StretchBytes = 1 << 16;
    private const long ReadWhole = 64L << 20, LargestHeader = 100L << 20;

    /// <summary>"1,234 bytes, sha256 0123456789abcdef".</summary>
    /// <exception cref="NoraException">The file cannot be read.</exception>
    public static string Of(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            if (file.Length <= ReadWhole) Add(hash, file, 0, file.Length);
            else
            {
                Add(hash, file, 0, HeaderBytes(file));
                for (var i = 0; i <= Stretches; i++) Add(hash, file, (file.Length - StretchBytes) / Stretches * i, StretchBytes);
            }
            Add(hash, file, Math.Max(0, file.Length - StretchBytes), StretchBytes);
            return string.Create(CultureInfo.InvariantCulture, $"{file.Length:N0} bytes, sha256 {Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new NoraException($"{path}: cannot be read: {problem.Message} Check the file and its permissions.", problem);
        }
    }

    /// <summary>Of files, by their names.</summary>
    /// <exception cref="NoraException">A file cannot be read.</exception>
    public static Dictionary<string, string> Of(IEnumerable<string> paths)
    {
        var marks = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in paths.Distinct()) marks[marks.ContainsKey(Path.GetFileName(path)) ? path : Path.GetFileName(path)] = Of(path);
        return marks;
    }

    private static long HeaderBytes(FileStream file)
    {
        var length = new byte[sizeof(long)];
        file.ReadExactly(length);
        var header = BinaryPrimitives.ReadInt64LittleEndian(length);
        return header is > 0 and <= LargestHeader ? Math.Min(header + sizeof(long), file.Length) : StretchBytes;
    }

    private static void Add(IncrementalHash hash, FileStream file, long from, long bytes)
    {
        var buffer = new byte[Math.Min(bytes, 1 << 20)];
        file.Position = from;
        for (var left = bytes; left > 0;)
        {
            var read = file.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (read == 0) return;
            hash.AppendData(buffer, 0, read);
            left -= read;
        }
    }
}
