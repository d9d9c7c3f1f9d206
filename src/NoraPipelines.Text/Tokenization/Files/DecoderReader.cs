namespace NoraPipelines.Tokenization;

/// <summary>Reads the "decoder" part of tokenizer.json.</summary>
internal static class DecoderReader
{
    private const string Supported = "Sequence, ByteLevel, Replace, ByteFallback, Fuse, Strip, Metaspace, WordPiece, BPEDecoder";

    public static TokenDecoder Read(TokenizerJson json) => json.GetString("type") switch
    {
        "Sequence" => new SequenceDecoder([.. json.Get("decoders").Items().Select(Read)]),
        "ByteLevel" => new ByteLevelDecoder(),
        "ByteFallback" => new ByteFallbackDecoder(),
        "Fuse" => new FuseDecoder(),
        "Replace" => Replace(json.Pattern("pattern"), json.GetString("content")),
        "Strip" => Strip(Single(json.Get("content")), json.GetInt("start", 0), json.GetInt("stop", 0)),
        "Metaspace" => Metaspace(json),
        "WordPiece" => WordPiece(json.FindString("prefix") ?? "##", json.GetBool("cleanup", true)),
        "BPEDecoder" => EndOfWord(json.FindString("suffix") ?? "</w>"),
        var type => throw json.Unsupported("decoder", type, Supported),
    };

    private static EachTokenDecoder Replace(TextPattern pattern, string content)
    {
        var normalizer = new ReplaceNormalizer(pattern, content);
        return new EachTokenDecoder((token, _, _) => normalizer.Normalize(AlignedText.Original(token, 0, token.Length)).Text);
    }

    private static EachTokenDecoder Strip(char content, int start, int stop) => new((token, _, _) =>
    {
        var (from, to) = (0, token.Length);
        while (from < Math.Min(start, to) && token[from] == content) from++;
        while (to > from && token.Length - to < stop && token[to - 1] == content) to--;
        return token[from..to];
    });

    private static EachTokenDecoder Metaspace(TokenizerJson json)
    {
        var mark = Single(json.Get("replacement"));
        var scheme = json.Find("prepend_scheme") is { } given
            ? PreTokenizerReader.ReadScheme(given)
            : json.GetBool("add_prefix_space", true) ? PrefixScheme.Always : PrefixScheme.Never;
        return new((token, i, _) => i == 0 && scheme != PrefixScheme.Never
            ? token.Replace(mark.ToString(), "", StringComparison.Ordinal)
            : token.Replace(mark, ' '));
    }

    private static EachTokenDecoder WordPiece(string prefix, bool cleanup) => new((token, i, _) =>
    {
        var text = i == 0 ? token : token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        return !cleanup ? text : text.Replace(" .", ".", StringComparison.Ordinal).Replace(" ?", "?", StringComparison.Ordinal)
            .Replace(" !", "!", StringComparison.Ordinal).Replace(" ,", ",", StringComparison.Ordinal)
            .Replace(" ' ", "'", StringComparison.Ordinal).Replace(" n't", "n't", StringComparison.Ordinal)
            .Replace(" 'm", "'m", StringComparison.Ordinal).Replace(" do not", " don't", StringComparison.Ordinal)
            .Replace(" 's", "'s", StringComparison.Ordinal).Replace(" 've", "'ve", StringComparison.Ordinal)
            .Replace(" 're", "'re", StringComparison.Ordinal);
    });

    private static EachTokenDecoder EndOfWord(string suffix) => new((token, i, count) => suffix.Length == 0
        ? token
        : token.Replace(suffix, i == count - 1 ? "" : " ", StringComparison.Ordinal));

    private static char Single(TokenizerJson json) => json.AsString() is [var character]
        ? character
        : throw json.Error($"is \"{json.AsString()}\"; expected one character. Copy the file from the model's publisher again.");
}
