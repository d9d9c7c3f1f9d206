using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>How long the text is that a token belongs to, padding and what else is in its row left out.</summary>
internal static class TextLengths
{
    /// <param name="positions">Of the tokens in their texts, [rows or 1, tokens] int64.</param>
    /// <param name="padding">[rows, tokens] bool, true = token; null = no padding.</param>
    /// <param name="segments">[rows, tokens] int64, the text that a token belongs to; null: a row holds one.</param>
    /// <returns>By row and token; one row where all are alike.</returns>
    public static long[,] Of(Tensor positions, Tensor? padding, Tensor? segments)
    {
        using var scope = NewDisposeScope();
        var (rows, tokens) = (padding?.shape[0] ?? positions.shape[0], positions.shape[1]);
        long[] at = Values(positions.expand(rows, tokens)), kept = padding is null ? [] : Values(padding), texts = segments is null ? [] : Values(segments);
        var lengths = new long[rows, tokens];
        var longest = new Dictionary<long, long>();
        for (var row = 0; row < rows; row++)
        {
            longest.Clear();
            for (var i = row * tokens; i < (row + 1) * tokens; i++)
                if (padding is null || kept[i] != 0) longest[Text(i)] = Math.Max(longest.GetValueOrDefault(Text(i)), at[i] + 1);
            for (var i = 0; i < tokens; i++) lengths[row, i] = longest.GetValueOrDefault(Text((row * tokens) + i), 1);
        }
        return lengths;

        long Text(long i) => segments is null ? 0 : texts[i];
    }

    private static long[] Values(Tensor value) => value.to(ScalarType.Int64).cpu().contiguous().data<long>().ToArray();
}
