namespace NoraPipelines.Tokenization;

/// <summary>Reads the "post_processor" part of tokenizer.json.</summary>
internal static class TemplateReader
{
    private const string Supported = "TemplateProcessing, ByteLevel, RobertaProcessing, BertProcessing, Sequence";

    public static TokenTemplate Read(TokenizerJson json, Vocabulary vocabulary) => json.GetString("type") switch
    {
        "TemplateProcessing" => ReadTemplate(json, vocabulary),
        "ByteLevel" => TokenTemplate.None, // its trim_offsets concerns spans alone, and ours always cover the whole text
        "RobertaProcessing" => Around(json, vocabulary, separators: 2), // <s> a </s></s> b </s>
        "BertProcessing" => Around(json, vocabulary, separators: 1), // [CLS] a [SEP] b [SEP]
        "Sequence" => json.Get("processors").Items().Select(item => Read(item, vocabulary))
            .Aggregate(TokenTemplate.None, (inner, outer) => inner.Within(outer)),
        var type => throw json.Unsupported("post-processor", type, Supported),
    };

    private static TokenTemplate Around(TokenizerJson json, Vocabulary vocabulary, int separators)
    {
        var (begin, end) = (ReadPair(json.Get("cls"), vocabulary), ReadPair(json.Get("sep"), vocabulary));
        return new(new([begin], [end]), new([begin], [.. Enumerable.Repeat(end, separators)], [end]));
    }

    private static TokenTemplate ReadTemplate(TokenizerJson json, Vocabulary vocabulary)
    {
        var single = json.Get("single");
        var around = ReadParts(json, single, vocabulary);
        if (around.Count != 2)
            throw single.Error($"names the text {around.Count - 1} times; expected once, as {{\"Sequence\": …}}. Copy the file from the model's publisher again.");
        // A file may leave the pair empty; then two texts have nothing around them but each what it has alone.
        var pair = json.FindGiven("pair") is { } parts && parts.Items().Count > 0 ? ReadParts(json, parts, vocabulary) : null;
        if (pair is not null && pair.Count != 3)
            throw json.Get("pair").Error($"names {pair.Count - 1} texts; expected two, A and B. Copy the file from the model's publisher again.");
        return pair is null
            ? TokenTemplate.EachAlone(around[0], around[1])
            : new(new(around[0], around[1]), new(pair[0], pair[1], pair[2]));
    }

    /// <summary>The special tokens before the first text, then after each.</summary>
    private static List<List<int>> ReadParts(TokenizerJson json, TokenizerJson parts, Vocabulary vocabulary)
    {
        var found = new List<List<int>> { new() };
        foreach (var item in parts.Items())
        {
            if (item.Find("Sequence") is not null) found.Add([]);
            else found[^1].AddRange(ReadIds(json, item.Get("SpecialToken").GetString("id"), vocabulary));
        }
        return found;
    }

    private static IEnumerable<int> ReadIds(TokenizerJson json, string name, Vocabulary vocabulary) =>
        json.Get("special_tokens").Get(name).Get("ids").Items().Select(id => Known(id, vocabulary)).ToList();

    private static int ReadPair(TokenizerJson pair, Vocabulary vocabulary) => pair.Items() is [_, var id]
        ? Known(id, vocabulary)
        : throw pair.Error("is not a token with its id, like [\"</s>\", 2]. Copy the file from the model's publisher again.");

    private static int Known(TokenizerJson id, Vocabulary vocabulary) => vocabulary.Find(id.AsInt()) is null
        ? throw id.Error($"is {id.AsInt()}, which no token has. Copy the file from the model's publisher again.")
        : id.AsInt();
}
