namespace NoraPipelines.Tokenization;

/// <summary>
/// How many tokens two texts keep when both must fit into a limit: google-research/bert (run_classifier.py, _truncate_seq_pair) and the
/// longest_first of transformers' own tokenizers (tokenization_utils.py). huggingface/tokenizers differs where the first text is not the longer
/// one and an odd number of tokens stays for both: there the second keeps the one more.
/// </summary>
internal static class PairTruncation
{
    /// <param name="room">Tokens of both together, special tokens left out.</param>
    /// <returns>What each keeps: the longer loses until both are alike, then both in turn, the second first.</returns>
    public static (int First, int Second) Keep(int first, int second, int room)
    {
        var remove = Math.Max(0, first + second - room);
        var alone = Math.Min(Math.Abs(first - second), remove);
        var (fromFirst, fromSecond) = ((remove - alone) / 2, remove - alone - (remove - alone) / 2);
        return first > second ? (first - alone - fromFirst, second - fromSecond) : (first - fromFirst, second - alone - fromSecond);
    }
}
