namespace NoraPipelines.Tokenization;

/// <summary>Reads the "normalizer" part of tokenizer.json.</summary>
internal static class NormalizerReader
{
    private const string Supported =
        "Sequence, Prepend, Replace, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, BertNormalizer, ByteLevel";

    public static Normalizer Read(TokenizerJson json) => json.GetString("type") switch
    {
        "Sequence" => new SequenceNormalizer([.. json.Get("normalizers").Items().Select(Read)]),
        "Prepend" => new PrependNormalizer(json.GetString("prepend")),
        "Replace" => new ReplaceNormalizer(json.Pattern("pattern"), json.GetString("content")),
        "Lowercase" => new LowercaseNormalizer(),
        "StripAccents" => new StripAccentsNormalizer(),
        "Strip" => new StripNormalizer(json.GetBool("strip_left", true), json.GetBool("strip_right", true)),
        "ByteLevel" => new ByteLevelNormalizer(),
        var type => throw json.Unsupported("normalizer", type, Supported),
    };
}
