using System.Text.Json;

namespace NoraPipelines.Tokenization;

/// <summary>Reads tokenizer.json, the format of huggingface/tokenizers. "truncation" and "padding" are left to whoever makes batches.</summary>
internal static class TokenizerJsonReader
{
    /// <exception cref="TokenizerException">The file is damaged, or holds a part that is not supported.</exception>
    public static TokenizerParts Read(string path, FolderTokens tokens)
    {
        using var document = TokenizerFile.ReadJson(path);
        return Read(path, document, tokens, ownCount: true);
    }

    /// <summary>As above, from bytes that another file was turned into; messages name that file.</summary>
    public static TokenizerParts Read(string path, byte[] json, FolderTokens tokens)
    {
        using var document = JsonDocument.Parse(json);
        return Read(path, document, tokens, ownCount: false);
    }

    private static TokenizerParts Read(string path, JsonDocument document, FolderTokens tokens, bool ownCount)
    {
        var json = new TokenizerJson(path, "", document.RootElement);
        json.RequireKind(JsonValueKind.Object, "an object with \"model\", \"added_tokens\" …");
        var added = tokens.With(json.FindGiven("added_tokens")?.Items().Select(item => AddedToken.Read(item)).ToList() ?? [], ownCount);
        var model = ModelReader.Read(json.Get("model"), added, tokens);
        added.AddRange(tokens.NamedPieces(model.Vocabulary, added));
        var normalizer = json.Find("normalizer") is { } n ? NormalizerReader.Read(n) : null;
        return new TokenizerParts(
            new AddedVocabulary(added, normalizer),
            json.Find("pre_tokenizer") is { } p ? PreTokenizerReader.Read(p) : null,
            model,
            json.Find("post_processor") is { } t ? TemplateReader.Read(t, model.Vocabulary) : TokenTemplate.None,
            json.Find("decoder") is { } d ? DecoderReader.Read(d) : null);
    }
}
