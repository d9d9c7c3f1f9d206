using static TorchSharp.torch;

namespace NoraPipelines.Tests.Checkpoints;

/// <summary>Equality of tensors down to the bit: dtype, shape and bytes.</summary>
internal static class SameTensor
{
    public static void Check(Tensor expected, Tensor actual, string name = "")
    {
        Assert.Equal(expected.dtype, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        if (expected.numel() == 0) return;
        Assert.True(expected.contiguous().cpu().bytes.SequenceEqual(actual.contiguous().cpu().bytes), $"{name} has other values");
    }
}
