namespace NoraPipelines.Data;

/// <summary>
/// The order in which examples are learnt: a fresh permutation every epoch, a pure function of (count, seed, epoch) that does not
/// depend on the platform or the library. SplitMix64 (Steele, Lea, Flood 2014) drives Fisher–Yates from the last index down; a bounded
/// number is the high half of a 128-bit product, redrawn where it would be biased (Lemire 2019).
/// </summary>
public sealed class DataOrder(int count, int seed)
{
    private long _cachedEpoch = -1;
    private int[] _cached = [];

    /// <summary>Examples of one epoch.</summary>
    public int Count { get; } = count > 0 ? count : throw new ArgumentOutOfRangeException(nameof(count), count, "must be positive");

    /// <summary>Row indices of one epoch: each of 0 … Count − 1 once.</summary>
    public int[] Permutation(long epoch)
    {
        var order = new int[Count];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        var state = Mix(Mix(unchecked((ulong)seed)) ^ unchecked((ulong)epoch));
        for (var last = order.Length - 1; last > 0; last--)
        {
            var other = (int)Below((ulong)last + 1, ref state);
            (order[last], order[other]) = (order[other], order[last]);
        }
        return order;
    }

    /// <summary>Examples in a number of passes over the data: rounded up, as the plan's StepCount rounds.</summary>
    public static long TotalExamples(int examples, double epochs) => (long)decimal.Ceiling(examples * (decimal)epochs);

    /// <summary>The rows at positions first … first + count − 1 of the endless stream of epochs.</summary>
    public int[] Rows(long first, int count)
    {
        var rows = new int[count];
        for (var i = 0; i < count; i++)
        {
            var (epoch, place) = Math.DivRem(first + i, Count);
            if (epoch != _cachedEpoch) (_cachedEpoch, _cached) = (epoch, Permutation(epoch));
            rows[i] = _cached[place];
        }
        return rows;
    }

    private static ulong Next(ref ulong state)
    {
        var mixed = Mix(state);
        state += 0x9E3779B97F4A7C15;
        return mixed;
    }

    // The output function of SplitMix64 on state + γ.
    internal static ulong Mix(ulong state)
    {
        var z = state + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private static ulong Below(ulong bound, ref ulong state)
    {
        var high = Math.BigMul(Next(ref state), bound, out var low);
        if (low >= bound) return high;
        var biased = (0 - bound) % bound;
        while (low < biased) high = Math.BigMul(Next(ref state), bound, out low);
        return high;
    }
}
