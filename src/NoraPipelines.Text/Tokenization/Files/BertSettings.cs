using System.Text.Json;

namespace NoraPipelines.Tokenization;

/// <summary>What tokenizer_config.json says of a tokenizer of the BERT kind; null where it says nothing (transformers: BertTokenizer).</summary>
/// <param name="LowersCase">do_lower_case; left out, true.</param>
/// <param name="StripsAccents">strip_accents; left out or null, as the case.</param>
/// <param name="SplitsChinese">tokenize_chinese_chars; left out, true.</param>
internal sealed record BertSettings(bool? LowersCase, bool? StripsAccents, bool? SplitsChinese)
{
    /// <summary>Those of a file beside the vocabulary, which may be missing.</summary>
    /// <exception cref="TokenizerException">The file is damaged, or a setting is neither true nor false.</exception>
    public static BertSettings Beside(string vocabulary)
    {
        var path = Path.Combine(Path.GetDirectoryName(vocabulary)!, "tokenizer_config.json");
        if (!TokenizerFile.IsThere(path)) return new(null, null, null);
        using var document = TokenizerFile.ReadJson(path);
        if (Find("tokenizer_class") is { ValueKind: JsonValueKind.String } type && type.GetString() == "PreTrainedTokenizerFast")
            return new(null, null, null); // takes tokenizer.json as it is
        return new(Flag("do_lower_case"), Flag("strip_accents"), Flag("tokenize_chinese_chars"));

        JsonElement? Find(string key) =>
            document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(key, out var value) ? value : null;

        bool? Flag(string key) => Find(key) switch
        {
            null or { ValueKind: JsonValueKind.Null } => null,
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            { } other => throw new TokenizerException($"{path}: {key} is {other.GetRawText()}; expected true or false. Correct it, or copy the file from "
                + "the model's publisher again."),
        };
    }

    /// <summary>Settings of tokenizer.json's own normalizer, except where tokenizer_config.json has others, which win as in BertTokenizerFast.</summary>
    public BertSettings Over(BertSettings other) =>
        new(LowersCase ?? other.LowersCase, StripsAccents ?? other.StripsAccents, SplitsChinese ?? other.SplitsChinese);
}
