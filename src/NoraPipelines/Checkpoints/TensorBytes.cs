using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace NoraPipelines.Checkpoints;

/// <summary>Moves a tensor's bytes to and from files in pieces, because a span cannot be longer than 2 GB.</summary>
internal static class TensorBytes
{
    private const long PieceBytes = 1L << 26;

    /// <summary>Fills a contiguous tensor in the computer's memory, piece after piece.</summary>
    /// <param name="fill">Is given the piece and its first byte's place in the tensor.</param>
    public static void Fill(Tensor tensor, Action<Span<byte>, long> fill)
    {
        if (tensor.numel() == 0) return;
        using var scope = NewDisposeScope();
        var flat = tensor.view(-1);
        var piece = PieceBytes / tensor.element_size();
        for (long start = 0; start < flat.numel(); start += piece)
        {
            using var part = flat.narrow(0, start, Math.Min(piece, flat.numel() - start));
            fill(part.bytes, start * tensor.element_size());
        }
    }

    /// <summary>Writes a tensor of any layout and device; at most one contiguous copy of it is made on its own device.</summary>
    public static void Write(Tensor tensor, Stream stream)
    {
        if (tensor.numel() == 0) return;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var flat = tensor.detach().contiguous().view(-1);
        var piece = PieceBytes / tensor.element_size();
        for (long start = 0; start < flat.numel(); start += piece)
        {
            using var part = flat.narrow(0, start, Math.Min(piece, flat.numel() - start));
            using var here = part.cpu();
            stream.Write(MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetReference(here.bytes), here.bytes.Length));
        }
    }
}
