namespace NoraPipelines;

/// <summary>Seeds as a pure function of the run's seed and of what they are for: a resumed run needs no random state.</summary>
public static class Seeds
{
    /// <summary>
    /// The seed of one step (or of any other numbered stream) of a run: two rounds of SplitMix64 (Steele, Lea, Flood 2014), so that
    /// neighbouring seeds and neighbouring steps share nothing. Never negative.
    /// </summary>
    public static long Mix(long seed, long step) =>
        (long)(SplitMix64(unchecked(SplitMix64((ulong)seed) + (ulong)step)) >> 1);

    /// <summary>The seed of a named stream, e.g. one projection's inner pair: it stays when other streams come or go.</summary>
    public static long Mix(long seed, string stream)
    {
        // FNV-1a: string.GetHashCode differs from process to process.
        var hash = 14695981039346656037UL;
        foreach (var letter in stream) hash = unchecked((hash ^ letter) * 1099511628211UL);
        return (long)(SplitMix64(unchecked(SplitMix64((ulong)seed) + hash)) >> 1);
    }

    internal static ulong SplitMix64(ulong state)
    {
        unchecked
        {
            var z = state + 0x9E3779B97F4A7C15UL;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }
}
