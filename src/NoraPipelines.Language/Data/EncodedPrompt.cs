using NoraPipelines.Tokenization;

namespace NoraPipelines.Data;

/// <summary>A prompt that a model continues: with the tokenizer's begin token, never with an end token that it may add.</summary>
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
        while (length > 0 && IsAdded(spans[length - 1])) length--;
        return length;

        bool IsAdded(TokenSpan token) => token.Id == endId && token.Start == token.End && token.Start >= textLength;
    }
}
