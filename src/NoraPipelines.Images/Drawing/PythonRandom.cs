namespace NoraPipelines.Images;

/// <summary>Draws of CPython's random module after <c>random.seed(seed)</c> with a whole number, so that a few-shot draw takes the rows of its reference.</summary>
public sealed class PythonRandom(long seed)
{
    private readonly MersenneTwister _words = new(Key(seed));

    /// <summary>0 ≤ number &lt; 1 with 53 bits: <c>random.random()</c>.</summary>
    public double Number()
    {
        var (high, low) = (_words.Next() >> 5, _words.Next() >> 6);
        return (high * 67108864.0 + low) * (1.0 / 9007199254740992.0);
    }

    /// <summary>Some of the items, each at most once: <c>random.sample(items, count)</c>.</summary>
    public T[] Sample<T>(IReadOnlyList<T> items, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, items.Count);
        var drawn = new T[count];
        // Python keeps what was drawn in a set where a copy of all items would be larger.
        var set = 21.0;
        if (count > 5) set += Math.Pow(4, Math.Ceiling(Math.Log(count * 3) / Math.Log(4)));
        if (items.Count <= set)
        {
            var pool = items.ToArray();
            for (var i = 0; i < count; i++)
            {
                var j = Below(items.Count - i);
                drawn[i] = pool[j];
                pool[j] = pool[items.Count - i - 1];
            }
            return drawn;
        }
        var taken = new HashSet<int>();
        for (var i = 0; i < count; i++)
        {
            int j;
            do j = Below(items.Count);
            while (!taken.Add(j));
            drawn[i] = items[j];
        }
        return drawn;
    }

    /// <summary>Items drawn with replacement: <c>random.choices(items, k=count)</c>.</summary>
    public T[] Choices<T>(IReadOnlyList<T> items, int count)
    {
        var drawn = new T[count];
        for (var i = 0; i < count; i++) drawn[i] = items[(int)Math.Floor(Number() * items.Count)];
        return drawn;
    }

    /// <summary>The next bits, at most 32: <c>random.getrandbits(bits)</c>.</summary>
    internal uint Bits(int bits) => _words.Next() >> (32 - bits);

    private int Below(int bound)
    {
        var bits = 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)bound);
        uint drawn;
        do drawn = Bits(bits);
        while (drawn >= bound);
        return (int)drawn;
    }

    // The 32-bit digits of the absolute value, the lowest first.
    private static uint[] Key(long seed)
    {
        var value = seed < 0 ? (ulong)-seed : (ulong)seed;
        return value > uint.MaxValue ? [(uint)value, (uint)(value >> 32)] : [(uint)value];
    }
}
