using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models;

/// <summary>Closeness of tensors; a failure prints the largest difference and where it is.</summary>
internal static class Near
{
    /// <summary>|actual − expected| ≤ absolute + relative·|expected| everywhere, and nothing is NaN.</summary>
    public static void Check(Tensor expected, Tensor actual, double absolute, double relative, string name)
    {
        using var scope = NewDisposeScope();
        if (!TestDevice.IsCpu) (absolute, relative) = (Math.Max(absolute, TestDevice.OtherDevice), Math.Max(relative, TestDevice.OtherDevice));
        Assert.True(
            expected.shape.SequenceEqual(actual.shape),
            $"{name}: [{string.Join(", ", actual.shape)}] instead of [{string.Join(", ", expected.shape)}]");
        if (expected.numel() == 0) return;
        var (wanted, found) = (expected.detach().cpu().to(float64), actual.detach().cpu().to(float64));
        var broken = found.isfinite().logical_not().sum().item<long>();
        Assert.True(broken == 0, $"{name}: {broken} values are not finite");

        var difference = (found - wanted).abs();
        var excess = difference - (wanted.abs() * relative + absolute);
        if (excess.max().item<double>() <= 0) return;
        var place = excess.argmax().item<long>();
        Assert.Fail(
            $"{name}: worst at [{string.Join(", ", Indices(place, expected.shape))}]: {found.flatten()[place].item<double>():g9} " +
            $"instead of {wanted.flatten()[place].item<double>():g9}; largest difference {difference.max().item<double>():g3}, " +
            $"allowed {absolute:g3} + {relative:g3}·|expected|; {excess.gt(0).sum().item<long>()} of {excess.numel()} values are off");
    }

    private static IEnumerable<long> Indices(long place, long[] shape)
    {
        var indices = new long[shape.Length];
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            indices[axis] = place % shape[axis];
            place /= shape[axis];
        }
        return indices;
    }
}
