using static TorchSharp.torch;

namespace NoraPipelines.Models.Clip;

/// <summary>One tensor of a file.</summary>
/// <param name="Name">In the file.</param>
/// <param name="Names">Hugging Face's, of the tensors of one shape that are stacked in it by rows.</param>
/// <param name="Transposed">Whether the file has [in, out] of a matrix that is [out, in].</param>
internal sealed record ClipStored(string Name, IReadOnlyList<string> Names, bool Transposed = false)
{
    /// <param name="one">Shape of one of the tensors.</param>
    public long[] ShapeOf(long[] one) => Transposed ? [one[1], one[0]] : Names.Count == 1 ? one : [one[0] * Names.Count, .. one[1..]];

    /// <summary>One of the tensors, in memory of its own where the file's holds more.</summary>
    public Tensor Part(Tensor stored, int part)
    {
        if (Transposed) return stored.t().contiguous();
        if (Names.Count == 1) return stored;
        var rows = stored.shape[0] / Names.Count;
        return stored.narrow(0, part * rows, rows).clone();
    }
}
