using NoraPipelines.Plans;

namespace NoraPipelines.Data;

/// <summary>
/// Parts of a data set that share no row. A row is held out if a hash of the seed and its place falls below the share: no row moves when
/// others are appended, and the share is met on average.
/// </summary>
public static class RowSplit
{
    /// <summary>Whether the row at a place, counted from 0, belongs to the part.</summary>
    public static bool Takes(SplitPlan split, long place)
    {
        // SplitMix64's mixing of seed and place; the upper 53 bits as a number in [0, 1).
        var mixed = DataOrder.Mix(DataOrder.Mix(unchecked((ulong)split.Seed)) ^ unchecked((ulong)place));
        return (mixed >> 11) * (1.0 / (1UL << 53)) < split.HeldOut == (split.Take == SplitPart.HeldOut);
    }

    /// <summary>How many of the rows are in the part.</summary>
    public static long Count(SplitPlan split, long rows)
    {
        var count = 0L;
        for (var place = 0L; place < rows; place++)
            if (Takes(split, place)) count++;
        return count;
    }
}
