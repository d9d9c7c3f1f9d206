using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using NoraPipelines.Disk;

namespace NoraPipelines.Tokenization;

/// <summary>Writes a trained vocabulary as tokenizer.json and tokenizer_config.json.</summary>
internal static class BpeTokenizerFiles
{
    private const string Begin = "<s>";
    private const string End = "</s>";
    private const string Pad = "<pad>";

    /// <summary>In order of their ids.</summary>
    public static IReadOnlyList<string> SpecialTokens { get; } = [Pad, Begin, End];

    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // tokens as they are; the file is no web page
    };

    /// <exception cref="TokenizerException">The disk is full, or the place cannot be written.</exception>
    public static void Write(string tokenizerJsonPath, BpeVocabularyBuilder vocabulary)
    {
        var path = Path.GetFullPath(tokenizerJsonPath);
        WriteJson(path, Tokenizer(vocabulary));
        WriteJson(Path.Combine(Path.GetDirectoryName(path)!, "tokenizer_config.json"), Config());
    }

    private static void WriteJson(string path, object content) => WholeFile.Write(
        path, stream => stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(content, Format) + "\n")), expectedBytes: 0,
        static (message, cause) => new TokenizerException(message, cause));

    private static object Tokenizer(BpeVocabularyBuilder vocabulary)
    {
        var begin = new { SpecialToken = new { id = Begin, type_id = 0 } };
        var first = new { Sequence = new { id = "A", type_id = 0 } };
        var second = new { Sequence = new { id = "B", type_id = 1 } };
        return new
        {
            version = "1.0",
            truncation = (object?)null,
            padding = (object?)null,
            added_tokens = SpecialTokens.Select((content, id) =>
                new { id, content, single_word = false, lstrip = false, rstrip = false, normalized = false, special = true }),
            normalizer = (object?)null,
            pre_tokenizer = new
            {
                type = "Sequence",
                pretokenizers = new object[]
                {
                    new { type = "Digits", individual_digits = true },
                    new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true },
                },
            },
            post_processor = new
            {
                type = "TemplateProcessing",
                single = new object[] { begin, first },
                pair = new object[] { begin, first, second },
                special_tokens = new Dictionary<string, object> { [Begin] = new { id = Begin, ids = new[] { 1 }, tokens = new[] { Begin } } },
            },
            decoder = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true },
            model = new
            {
                type = "BPE",
                dropout = (object?)null,
                unk_token = (object?)null,
                continuing_subword_prefix = (object?)null,
                end_of_word_suffix = (object?)null,
                fuse_unk = false,
                byte_fallback = false,
                ignore_merges = false,
                vocab = vocabulary.Tokens.Select((token, id) => (token, id)).ToDictionary(x => x.token, x => x.id),
                merges = vocabulary.Merges.Select(merge => $"{merge.Left} {merge.Right}"),
            },
        };
    }

    private static object Config() => new
    {
        tokenizer_class = "PreTrainedTokenizerFast",
        bos_token = Begin,
        eos_token = End,
        pad_token = Pad,
        clean_up_tokenization_spaces = false,
    };
}
