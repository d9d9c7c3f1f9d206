using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NoraPipelines.Disk;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Checkpoints;

/// <summary>
/// A safetensors file, open for reading. The header is checked to the last byte range when the file is opened; a tensor's bytes are
/// read straight into its own memory when it is asked for, so that files larger than memory can be used, and no tensor depends on the
/// file once it is read. Reading from several threads at once is safe.
/// </summary>
/// <remarks>
/// Bytes come through positioned reads, not through a memory mapping: a mapping ends the whole process when the file is cut off or its
/// disk fails under it, where a read gives an error that can be reported.
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    private const int PrefixBytes = 8;

    private readonly SafeFileHandle _handle;
    private readonly long _dataStart;

    private SafetensorsFile(string path, SafeFileHandle handle, long dataStart, SafetensorsHeader header)
    {
        (Path, _handle, _dataStart) = (path, handle, dataStart);
        (Tensors, Metadata) = (header.Tensors, header.Metadata);
    }

    public string Path { get; }

    /// <summary>All tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>The header's __metadata__; empty where it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="CheckpointException">The file is missing, cut off, or not as the format has it.</exception>
    public static SafetensorsFile Open(string path)
    {
        SafeFileHandle? handle = null;
        try
        {
            if (Directory.Exists(path)) throw new CheckpointException($"{path}: a folder was found, a safetensors file was expected.");
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess);
            var length = RandomAccess.GetLength(handle);
            var (header, dataStart) = ReadHeader(path, handle, length);
            var file = new SafetensorsFile(path, handle, dataStart, header);
            handle = null;
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw ReadFailure.Of(path, "safetensors file", e);
        }
        finally
        {
            handle?.Dispose();
        }
    }

    /// <summary>Reads one tensor into its own memory; the caller's dispose scope owns it.</summary>
    /// <param name="dtype">Converted to this; null: as stored.</param>
    /// <param name="device">Moved there; null: the computer's memory.</param>
    /// <exception cref="CheckpointException">There is no such tensor, the file cannot be read any more, or memory is too small.</exception>
    public Tensor Read(string name, ScalarType? dtype = null, Device? device = null)
    {
        using var scope = NewDisposeScope();
        var stored = ReadStored(Entry(name));
        return stored.to(dtype ?? stored.dtype, device ?? CPU).MoveToOuterDisposeScope();
    }

    /// <summary>As <see cref="Read"/>, and refuses weights with NaN or infinity, stored so or made so by the conversion.</summary>
    /// <exception cref="CheckpointException">As <see cref="Read"/>; or values are not finite, with their number.</exception>
    public Tensor ReadFinite(string name, ScalarType? dtype = null, Device? device = null)
    {
        using var scope = NewDisposeScope();
        var entry = Entry(name);
        var stored = ReadStored(entry);
        var result = stored.to(dtype ?? stored.dtype, device ?? CPU);
        if (NonFinite.Count(result) is not (var bad and > 0)) return result.MoveToOuterDisposeScope();
        if (NonFinite.Count(stored) is var badStored and > 0)
        {
            throw new CheckpointException($"{Path}: tensor '{name}' ({entry.Description}) has {badStored} of {result.numel()} values that "
                + "are NaN or infinite; weights must be finite. The file is damaged or its training diverged: use another checkpoint.");
        }
        throw new CheckpointException($"{Path}: tensor '{name}' ({entry.Description}) has {bad} values too large for "
            + $"{SafetensorsDtype.Word(result.dtype)}. Load the model as bfloat16 or float32.");
    }

    public void Dispose() => _handle.Dispose();

    private TensorEntry Entry(string name) => Tensors.TryGetValue(name, out var entry)
        ? entry
        : throw new CheckpointException($"{Path}: has no tensor '{name}'{Nearest(name, Tensors.Keys)}");

    /// <summary>The end of a message about a name that is not there.</summary>
    internal static string Nearest(string name, IEnumerable<string> others)
    {
        var hint = DidYouMean.Hint(name, others.Where(other => other.Length <= 200).Take(2000));
        return $"; it holds {others.Count()} others{hint}.";
    }

    private Tensor ReadStored(TensorEntry entry)
    {
        try
        {
            var tensor = empty([.. entry.Shape], entry.Dtype, CPU);
            TensorBytes.Fill(tensor, (piece, start) => ReadExactly(piece, _dataStart + entry.Begin + start, entry));
            return tensor;
        }
        catch (ExternalException e)
        {
            throw new CheckpointException($"{Path}: tensor '{entry.Name}' ({entry.Description}) needs {entry.Bytes:N0} bytes of memory, "
                + "which the system refused. Close other programs, or use a machine with more memory.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ReadFailure.Of(Path, "safetensors file", e);
        }
    }

    private void ReadExactly(Span<byte> piece, long position, TensorEntry entry)
    {
        if (entry.Dtype == ScalarType.Bool)
        {
            ReadExactly(_handle, Path, piece, position);
            if (piece.IndexOfAnyExceptInRange((byte)0, (byte)1) is var at and >= 0)
            {
                throw new CheckpointException($"{Path}: tensor '{entry.Name}' is bool, but holds the byte {piece[at]}, expected 0 or 1. "
                    + "The file is damaged: download or export it again.");
            }
            return;
        }
        ReadExactly(_handle, Path, piece, position);
    }

    private static (SafetensorsHeader Header, long DataStart) ReadHeader(string path, SafeFileHandle handle, long length)
    {
        var start = new byte[Math.Min(length, 64)];
        ReadExactly(handle, path, start, 0);
        // A length prefix may look like another format's first bytes; the header's brace tells.
        var hasBrace = start.Length > PrefixBytes && start[PrefixBytes] == (byte)'{';
        if (!hasBrace && FileKind.Mistaken(start) is { } mistaken) throw new CheckpointException($"{path}: {mistaken}");
        if (length < PrefixBytes)
        {
            throw new CheckpointException($"{path}: has {length} bytes, expected at least {PrefixBytes}. "
                + "The file is cut off: download it again.");
        }
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (headerLength > SafetensorsHeader.LongestHeader)
        {
            throw new CheckpointException($"{path}: states a header of {headerLength} bytes, expected at most "
                + $"{SafetensorsHeader.LongestHeader}. The file is damaged or not safetensors: download or export it again.");
        }
        if ((long)headerLength > length - PrefixBytes)
        {
            throw new CheckpointException($"{path}: states a header of {headerLength} bytes, but the file has only "
                + $"{length - PrefixBytes} after the length. The file is cut off: download or copy it again.");
        }
        var json = new byte[headerLength];
        ReadExactly(handle, path, json, PrefixBytes);
        var dataStart = PrefixBytes + (long)headerLength;
        return (SafetensorsHeader.Parse(path, json, length - dataStart), dataStart);
    }

    private static void ReadExactly(SafeFileHandle handle, string path, Span<byte> into, long position)
    {
        while (into.Length > 0)
        {
            var read = RandomAccess.Read(handle, into, position);
            if (read == 0)
            {
                throw new CheckpointException($"{path}: ended at byte {position} while it was read, {into.Length} more were expected. "
                    + "Another program changed it: download or copy it again.");
            }
            into = into[read..];
            position += read;
        }
    }
}
