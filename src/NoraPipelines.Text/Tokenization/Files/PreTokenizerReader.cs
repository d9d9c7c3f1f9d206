using System.Text;

namespace NoraPipelines.Tokenization;

/// <summary>Reads the "pre_tokenizer" part of tokenizer.json.</summary>
internal static class PreTokenizerReader
{
    private const string Supported =
        "Sequence, ByteLevel, Metaspace, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, BertPreTokenizer, CharDelimiterSplit";

    public static PreTokenizer Read(TokenizerJson json) => json.GetString("type") switch
    {
        "Sequence" => new SequencePreTokenizer([.. json.Get("pretokenizers").Items().Select(Read)]),
        "ByteLevel" => new ByteLevelPreTokenizer(json.GetBool("add_prefix_space", true), json.GetBool("use_regex", true)),
        "Metaspace" => ReadMetaspace(json),
        "Split" => new SplitPreTokenizer(json.Pattern("pattern"), Behavior(json.Get("behavior")), json.GetBool("invert", false)),
        "Digits" => new CategoryPreTokenizer(Rune.IsNumber, json.GetBool("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
        "Punctuation" => new CategoryPreTokenizer(IsPunctuation, json.Find("behavior") is { } behavior ? Behavior(behavior) : SplitBehavior.Isolated),
        "Whitespace" => new SplitPreTokenizer(
            TextPattern.Expression(@"\w+|[^\w\s]+", (problem, inner) => new TokenizerException(problem, inner)), SplitBehavior.Removed, invert: true),
        "WhitespaceSplit" => new CategoryPreTokenizer(Rune.IsWhiteSpace, SplitBehavior.Removed),
        "BertPreTokenizer" => new SequencePreTokenizer([
            new CategoryPreTokenizer(Rune.IsWhiteSpace, SplitBehavior.Removed),
            new CategoryPreTokenizer(IsPunctuation, SplitBehavior.Isolated)]),
        "CharDelimiterSplit" => new SplitPreTokenizer(TextPattern.Literal(json.GetString("delimiter")), SplitBehavior.Removed, invert: false),
        var type => throw json.Unsupported("pre-tokenizer", type, Supported),
    };

    private static MetaspacePreTokenizer ReadMetaspace(TokenizerJson json)
    {
        var scheme = json.Find("prepend_scheme") is { } given
            ? ReadScheme(given)
            : json.GetBool("add_prefix_space", true) ? PrefixScheme.Always : PrefixScheme.Never;
        return new MetaspacePreTokenizer(json.FindString("replacement") ?? "▁", scheme, json.GetBool("split", true));
    }

    public static PrefixScheme ReadScheme(TokenizerJson json) => json.AsString() switch
    {
        "always" => PrefixScheme.Always,
        "first" => PrefixScheme.First,
        "never" => PrefixScheme.Never,
        var other => throw json.Error($"is \"{other}\"; expected always, first or never. Copy the file from the model's publisher again."),
    };

    private static SplitBehavior Behavior(TokenizerJson json) => json.AsString() switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        var other => throw json.Error($"is \"{other}\"; expected Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous. "
            + "Copy the file from the model's publisher again."),
    };

    /// <summary>Symbols of ASCII count as punctuation here, as in BERT.</summary>
    private static bool IsPunctuation(Rune rune) => Rune.IsPunctuation(rune) || rune.Value is (>= '!' and <= '/') or (>= ':' and <= '@')
        or (>= '[' and <= '`') or (>= '{' and <= '~');
}
