using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Checkpoints;

/// <summary>Finds NaN and infinity in weights.</summary>
internal static class NonFinite
{
    private const long Piece = 1 << 24;

    /// <summary>How many values are NaN or infinite; one pass without a copy where none is.</summary>
    public static long Count(Tensor tensor)
    {
        if (!tensor.is_floating_point() || tensor.numel() == 0) return 0;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var flat = tensor.detach().contiguous().view(-1);
        // The extremes are NaN if any value is, so both are finite exactly when all values are.
        var (smallest, largest) = aminmax(flat);
        if (double.IsFinite(smallest.ToDouble()) && double.IsFinite(largest.ToDouble())) return 0;
        long count = 0;
        for (long start = 0; start < flat.numel(); start += Piece)
        {
            using var inner = NewDisposeScope();
            var part = flat.narrow(0, start, Math.Min(Piece, flat.numel() - start));
            count += part.numel() - part.isfinite().sum().ToInt64();
        }
        return count;
    }
}
