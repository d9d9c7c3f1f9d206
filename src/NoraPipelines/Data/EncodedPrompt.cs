using NoraPipelines.Tokenization;

namespace NoraPipelines.Data;

/// <summary>A prompt that a model continues: with the begin token that the tokenizer puts, never with an end token that it may put.</summary>
public static class EncodedPrompt
{
    public static int[] Of(TextTokenizer tokenizer, string prompt)
    {
        var spans = tokenizer.EncodeWithSpans(prompt);
        var ids = new int[tokenizer.EndId is { } end ? WithoutAddedEnd(spans, end, prompt.Length) : spans.Count];
        for (var i = 0; i < ids.Length; i++) ids[i] = spans[i].Id;
        return ids;
    }

    /// <summary>How many tokens are left without end tokens that the tokenizer added after the text.</summary>
    internal static int WithoutAddedEnd(IReadOnlyList<TokenSpan> spans, int endId, int textLength)
    {
        var length = spans.Count;
        while (length > 0 && spans[length - 1] is var last && last.Id == endId && last.Start == last.End && last.Start >= textLength) length--;
        return length;
    }
}
