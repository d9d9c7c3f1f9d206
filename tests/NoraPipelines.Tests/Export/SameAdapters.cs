using NoraPipelines.Models;
using NoraPipelines.Tests.Checkpoints;

namespace NoraPipelines.Tests.Export;

/// <summary>Adapters of the same kind, in the same places, with the same tensors to the bit.</summary>
internal static class SameAdapters
{
    public static void Check(AdapterSet expected, AdapterSet actual)
    {
        Assert.Equal(expected.Items.Select(item => item.Projection.Path), actual.Items.Select(item => item.Projection.Path));
        foreach (var ((_, mine), (_, theirs)) in expected.Items.Zip(actual.Items))
        {
            Assert.IsType(mine.GetType(), theirs);
            Assert.Equal(mine.Dropout, theirs.Dropout);
            foreach (var (left, right) in mine.Frozen.Concat(mine.Trainable).Zip(theirs.Frozen.Concat(theirs.Trainable)))
            {
                Assert.Equal(left.Name, right.Name);
                SameTensor.Check(left.Value, right.Value, left.Name);
            }
        }
    }
}
