namespace NoraPipelines.Tokenization;

/// <summary>How many tokens two texts keep when both must fit into a limit: "longest_first" of huggingface/tokenizers.</summary>
internal static class PairTruncation
{
    /// <param name="room">Tokens of both together, special tokens left out.</param>
    /// <returns>What each keeps: the longer loses until both are alike, then both; of an odd rest the longer has the one more.</returns>
    public static (int First, int Second) Keep(int first, int second, int room)
    {
        if (first + second <= room) return (first, second);
        var (shorter, longer) = (Math.Min(first, second), Math.Max(first, second));
        longer = shorter > room ? shorter : Math.Max(shorter, room - shorter);
        if (shorter + longer > room) (shorter, longer) = (room / 2, room / 2 + room % 2);
        return first > second ? (longer, shorter) : (shorter, longer);
    }
}
