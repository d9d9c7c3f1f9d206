namespace NoraPipelines.Tokenization;

/// <summary>
/// A text on its way through the tokenizer, each character of which still knows its range in the original text. Both arrays are
/// non-decreasing, so that a run of characters stands for the range from its first start to its last end.
/// </summary>
internal sealed class AlignedText(string text, int[] starts, int[] ends)
{
    public string Text { get; } = text;
    public int[] Starts { get; } = starts;
    public int[] Ends { get; } = ends;
    public int Length => Text.Length;

    /// <summary>A part of the original text, as it is: a surrogate pair shares one range.</summary>
    public static AlignedText Original(string original, int start, int length)
    {
        var starts = new int[length];
        var ends = new int[length];
        for (var i = 0; i < length; i++)
        {
            var at = start + i;
            if (char.IsHighSurrogate(original[at]) && i + 1 < length && char.IsLowSurrogate(original[at + 1]))
            {
                starts[i] = starts[i + 1] = at;
                ends[i] = ends[i + 1] = at + 2;
                i++;
            }
            else
            {
                starts[i] = at;
                ends[i] = at + 1;
            }
        }
        return new AlignedText(original.Substring(start, length), starts, ends);
    }

    public AlignedText Slice(int start, int length) => start == 0 && length == Length
        ? this
        : new AlignedText(Text.Substring(start, length), Starts[start..(start + length)], Ends[start..(start + length)]);
}
