using System.Text;

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
        "NFC" => new UnicodeNormalizer(NormalizationForm.FormC),
        "NFD" => new UnicodeNormalizer(NormalizationForm.FormD),
        "NFKC" => new UnicodeNormalizer(NormalizationForm.FormKC),
        "NFKD" => new UnicodeNormalizer(NormalizationForm.FormKD),
        "Lowercase" => new LowercaseNormalizer(),
        "StripAccents" => new StripAccentsNormalizer(),
        "Strip" => new StripNormalizer(json.GetBool("strip_left", true), json.GetBool("strip_right", true)),
        "BertNormalizer" => ReadBert(json),
        "ByteLevel" => new ByteLevelNormalizer(),
        var type => throw json.Unsupported("normalizer", type, Supported),
    };

    private static SequenceNormalizer ReadBert(TokenizerJson json)
    {
        var settings = BertSettings.Beside(json.File).Over(new(
            json.GetBool("lowercase", true), json.Find("strip_accents") is null ? null : json.GetBool("strip_accents", true),
            json.GetBool("handle_chinese_chars", true)));
        var lowercase = settings.LowersCase!.Value;
        var steps = new List<Normalizer> { new BertCleanNormalizer(json.GetBool("clean_text", true), settings.SplitsChinese!.Value) };
        if (settings.StripsAccents ?? lowercase)
        {
            steps.Add(new UnicodeNormalizer(NormalizationForm.FormD));
            steps.Add(new StripAccentsNormalizer(spacingMarksToo: false));
        }
        if (lowercase) steps.Add(new LowercaseNormalizer());
        return new SequenceNormalizer(steps);
    }
}
