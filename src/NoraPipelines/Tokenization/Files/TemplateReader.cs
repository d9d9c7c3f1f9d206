namespace NoraPipelines.Tokenization;

/// <summary>Reads the "post_processor" part of tokenizer.json, as far as it concerns a single text.</summary>
internal static class TemplateReader
{
    private const string Supported = "TemplateProcessing, ByteLevel, RobertaProcessing, BertProcessing, Sequence";

    public static TokenTemplate Read(TokenizerJson json, Vocabulary vocabulary) => json.GetString("type") switch
    {
        "TemplateProcessing" => ReadTemplate(json, vocabulary),
        "ByteLevel" => TokenTemplate.None, // its trim_offsets concerns spans alone, and ours always cover the whole text
        "RobertaProcessing" or "BertProcessing" => new TokenTemplate([ReadPair(json.Get("cls"), vocabulary)], [ReadPair(json.Get("sep"), vocabulary)]),
        "Sequence" => json.Get("processors").Items().Select(item => Read(item, vocabulary))
            .Aggregate(TokenTemplate.None, (inner, outer) => inner.Within(outer)),
        var type => throw json.Unsupported("post-processor", type, Supported),
    };

    private static TokenTemplate ReadTemplate(TokenizerJson json, Vocabulary vocabulary)
    {
        var (before, after) = (new List<int>(), new List<int>());
        var sequences = 0;
        var single = json.Get("single");
        foreach (var item in single.Items())
        {
            if (item.Find("Sequence") is not null) sequences++;
            else (sequences == 0 ? before : after).AddRange(ReadIds(json, item.Get("SpecialToken").GetString("id"), vocabulary));
        }
        if (sequences != 1)
            throw single.Error($"names the text {sequences} times; expected once, as {{\"Sequence\": …}}. Copy the file from the model's publisher again.");
        return new TokenTemplate(before, after);
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
