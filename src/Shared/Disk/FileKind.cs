using System.Text;

namespace NoraPipelines.Disk;

/// <summary>Recognises, from its first bytes, a file that is often found where a safetensors or JSON file should be.</summary>
internal static class FileKind
{
    private const string Safetensors = "Get the *.safetensors form of this model, or convert it where its maker's tools run.";

    /// <summary>What the file is and what to do, or null where it may be what it should be.</summary>
    public static string? Mistaken(ReadOnlySpan<byte> start)
    {
        if (start.Length == 0) return "the file is empty. Download it again.";
        if (start.StartsWith("version https://git-lfs"u8))
            return "the file is a git-LFS pointer, not the content it stands for. Run 'git lfs install' and 'git lfs pull' in its folder.";
        if (start.StartsWith("PK\x03\x04"u8))
            return $"the file is a ZIP archive, as torch.save writes; pickles are never loaded, since they can run code. {Safetensors}";
        if (start.Length > 1 && start[0] == 0x80 && start[1] is > 0 and < 6)
            return $"the file is a Python pickle; pickles are never loaded, since they can run code. {Safetensors}";
        if (start.StartsWith("GGUF"u8)) return $"the file is in GGUF form, which is not read. {Safetensors}";
        var text = Encoding.Latin1.GetString(start[..Math.Min(start.Length, 64)]).TrimStart().ToLowerInvariant();
        if (text.StartsWith("<!doctype", StringComparison.Ordinal) || text.StartsWith("<html", StringComparison.Ordinal))
            return "the file is a web page, not a download. Download it again, signed in where the model asks for it.";
        return null;
    }
}
