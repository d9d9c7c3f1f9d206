namespace NoraPipelines.Shipped.Problems;

/// <summary>Which problems are kept for evaluation: decided by what a problem says, so that no seed can mix the two parts.</summary>
internal static class HeldOut
{
    /// <summary>True for about one key in <paramref name="oneIn"/>; the same on every machine (32-bit FNV-1a).</summary>
    public static bool Holds(string key, uint oneIn)
    {
        var hash = 2166136261u;
        foreach (var character in key)
        {
            hash = (hash ^ character) * 16777619u;
        }
        return (hash ^ (hash >> 16)) % oneIn == 0;
    }
}
