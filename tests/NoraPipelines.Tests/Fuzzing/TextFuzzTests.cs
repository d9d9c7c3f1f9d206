using System.Text;
using System.Text.Json;
using NoraPipelines.Chat;
using NoraPipelines.Tests.Chat;
using NoraPipelines.Tests.Tokenization;

namespace NoraPipelines.Tests.Fuzzing;

/// <summary>Whatever stands in a tokenizer's folder or in a chat template, it works or is refused in words.</summary>
public sealed class TextFuzzTests
{
    private const string Sample = "The cat sat; 3 dögs\tran 😀 <s> home.";

    [Fact]
    public void A_tokenizer_json_is_read_or_refused() => Folder("tokenizer.json", 1000, [.. Tokenizers.Select(Encoding.UTF8.GetBytes)]);

    [Fact]
    public void A_sentencepiece_model_is_read_or_refused()
    {
        (string, float, int)[] pieces = [("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), .. Enumerable.Range(0, 256).Select(i => ($"<0x{i:X2}>", 0f, 6)), ("▁", -1, 1), ("a", -2, 1), ("t", -3, 1), ("at", -4, 1), ("▁c", -5, 1)];
        Folder("tokenizer.model", 1000, [SentencePieceFile.Make(pieces), SentencePieceFile.Make(pieces[..3], addDummyPrefix: false, characterMap: [8, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 97, 0])]);
    }

    [Theory]
    [InlineData("vocab.json", """{ "<|endoftext|>": 0, "a": 1, "t": 2, "at": 3, "Ġ": 4, "Ġat": 5 }""")]
    [InlineData("merges.txt", "#version: 0.2\na t\nĠ at\n")]
    [InlineData("added_tokens.json", """{ "<|im_start|>": 6, "<|im_end|>": 7 }""")]
    [InlineData("special_tokens_map.json", """{ "bos_token": "<|endoftext|>", "eos_token": { "content": "<|endoftext|>", "lstrip": false } }""")]
    [InlineData("generation_config.json", """{ "bos_token_id": 0, "eos_token_id": [0, 1] }""")]
    [InlineData("tokenizer_config.json", """{ "bos_token": null, "eos_token": "<|im_end|>", "added_tokens_decoder": { "7": { "content": "<|im_end|>", "special": true } }, "chat_template": "{{ messages[0].content }}" }""")]
    public void A_file_of_a_folder_with_vocabulary_and_merges_is_read_or_refused(string name, string text)
    {
        using var files = new TemporaryTokenizer().With("vocab.json", """{ "<|endoftext|>": 0, "a": 1, "t": 2, "at": 3, "Ġ": 4, "Ġat": 5 }""").With("merges.txt", "a t\nĠ at\n");
        Folder(files, name, 300, [Encoding.UTF8.GetBytes(text)]);
    }

    [Fact]
    public void A_list_of_word_pieces_is_read_or_refused() => Folder("vocab.txt", 500, ["[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\ncat\n##s\n"u8.ToArray()]);

    [Fact]
    public void A_chat_template_is_rendered_or_refused()
    {
        byte[][] templates = [.. TemplateCases.Read("published-templates.json").GetProperty("templates").EnumerateObject().Select(template => Encoding.UTF8.GetBytes(Source(template.Value)))];
        var tokens = new Dictionary<string, string> { ["bos_token"] = "<s>", ["eos_token"] = "</s>" };
        ChatMessage[] conversation = [new("user", "one"), new("assistant", "two"), new("user", "three"), new("assistant", "four")];
        Fuzz.Run(1500, templates, bytes =>
        {
            var template = ChatTemplate.Of(Encoding.UTF8.GetString(bytes), "here", tokens);
            template.Render(conversation, addGenerationPrompt: true);
            template.RenderForTraining(conversation);
        }, problem => problem is TextException);
    }

    private static IEnumerable<string> Tokenizers
    {
        get
        {
            yield return """
                { "version": "1.0", "added_tokens": [{ "id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true }],
                  "normalizer": { "type": "Sequence", "normalizers": [{ "type": "NFC" }, { "type": "Replace", "pattern": { "String": " " }, "content": "▁" }, { "type": "Prepend", "prepend": "▁" }] },
                  "pre_tokenizer": { "type": "Sequence", "pretokenizers": [{ "type": "Split", "pattern": { "Regex": "\\p{L}+|\\s+" }, "behavior": "Isolated", "invert": false }, { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false }] },
                  "post_processor": { "type": "TemplateProcessing", "single": [{ "SpecialToken": { "id": "<s>", "type_id": 0 } }, { "Sequence": { "id": "A", "type_id": 0 } }], "pair": [{ "Sequence": { "id": "A", "type_id": 0 } }, { "Sequence": { "id": "B", "type_id": 1 } }], "special_tokens": { "<s>": { "id": "<s>", "ids": [0], "tokens": ["<s>"] } } },
                  "decoder": { "type": "ByteLevel" },
                  "model": { "type": "BPE", "unk_token": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false, "vocab": { "<s>": 0, "a": 1, "t": 2, "at": 3, "c": 4, "cat": 5 }, "merges": ["a t", "c at"] } }
                """;
            yield return """
                { "added_tokens": [{ "id": 0, "content": "[UNK]", "special": true }, { "id": 1, "content": "[CLS]", "special": true }],
                  "normalizer": { "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true },
                  "pre_tokenizer": { "type": "BertPreTokenizer" }, "decoder": { "type": "WordPiece", "prefix": "##", "cleanup": true },
                  "model": { "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": { "[UNK]": 0, "[CLS]": 1, "the": 2, "cat": 3, "##s": 4 } } }
                """;
        }
    }

    private static string Source(JsonElement template) => template.ValueKind == JsonValueKind.String ? template.GetString()! : template.GetProperty("source").GetString()!;

    private static void Folder(string name, int usual, IReadOnlyList<byte[]> examples)
    {
        using var files = new TemporaryTokenizer();
        Folder(files, name, usual, examples);
    }

    private static void Folder(TemporaryTokenizer files, string name, int usual, IReadOnlyList<byte[]> examples) => Fuzz.Run(usual, examples, bytes =>
    {
        var tokenizer = files.With(name, bytes).Load();
        tokenizer.Decode(tokenizer.Encode(Sample));
        if (ChatTemplateFile.Find(files.Folder) is not null) ChatTemplate.Load(tokenizer).Render([new("user", "one")], addGenerationPrompt: true);
    }, problem => problem is TextException);
}
