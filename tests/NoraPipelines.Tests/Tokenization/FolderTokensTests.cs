using System.Text;
using NoraPipelines.Chat;
using NoraPipelines.Models.Llama;
using NoraPipelines.Runs;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

/// <summary>What the small files beside a vocabulary say of its tokens, whatever the vocabulary's own file is.</summary>
public class FolderTokensTests
{
    private const string Turn = "<|im_start|>";
    private static readonly (string, float, int)[] Pieces =
        [("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("a", -3, 1), ("b", -3, 1), ("▁", -3, 1), ("<", -3, 1), (">", -3, 1), ("|", -3, 1)];

    public static TheoryData<string, string> Ways => new()
    {
        { "added_tokens.json", $$"""{ "{{Turn}}": @ }""" },
        { "tokenizer_config.json", $$$"""{ "added_tokens_decoder": { "@": { "content": "{{{Turn}}}", "special": true } } }""" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void An_added_token_belongs_to_a_sentencepiece_vocabulary(string file, string json)
    {
        using var files = SentencePiece(addDummyPrefix: false).With(file, json.Replace("@", "9"));
        var tokenizer = files.Load();
        Assert.Equal(10, tokenizer.VocabularySize);
        Assert.Equal([3, 9, 4], tokenizer.Encode($"a{Turn}b", addSpecialTokens: false));
        Assert.True(tokenizer.IsMark(9));
        Assert.Contains(Path.Combine(files.Folder, file), tokenizer.Files);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void An_added_token_belongs_to_vocab_json_with_merges_and_to_vocab_txt(string file, string json)
    {
        using var bpe = Bpe().With(file, json.Replace("@", "256"));
        Assert.Equal([Id("a"), 256, Id("b")], bpe.Load().Encode($"a{Turn}b"));
        using var words = new TemporaryTokenizer().With("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n").With(file, json.Replace("@", "7"));
        Assert.Equal([2, 5, 7, 6, 3], words.Load().Encode($"a{Turn}b"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_tokenizer_json_takes_those_that_it_lacks(string file, string json)
    {
        using var files = new TemporaryTokenizer().With("tokenizer.json", ByteLevelFixture.Plain([]).ToJsonString()).With(file, json.Replace("@", "256"));
        Assert.Equal([Id("a"), 256], files.Load().Encode($"a{Turn}"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void An_id_that_another_piece_has_is_an_error_with_both(string file, string json)
    {
        using var files = SentencePiece(addDummyPrefix: false).With(file, json.Replace("@", "4"));
        var message = Assert.Throws<TokenizerException>(files.Load).Message;
        Assert.Contains(file, message);
        Assert.Contains($"gives the id 4 to both \"b\" and \"{Turn}\"", message);
    }

    [Fact]
    public void A_model_has_an_embedding_for_every_token_that_is_added_to_a_vocabulary()
    {
        using var files = SentencePiece(addDummyPrefix: false).With("added_tokens.json", $$"""{ "{{Turn}}": 50 }""");
        var tokenizer = files.Load();
        using var model = TinyDecoder.Create();
        var message = Assert.Throws<NoraException>(() => new LoadedTextModel<LlamaModel>(model, tokenizer, null)).Message;
        Assert.Contains($"added_tokens.json gives \"{Turn}\" the id 50, and the model has 50 embeddings", message);
        files.With("added_tokens.json", $$"""{ "{{Turn}}": 49 }""");
        Assert.Same(model, new LoadedTextModel<LlamaModel>(model, files.Load(), null).Base);
    }

    [Theory]
    [InlineData("config.json", """{ "bos_token_id": 5000 }""", "config.json: bos_token_id is 5000, and the model has 50 embeddings")]
    [InlineData("config.json", """{ "eos_token_id": [3, 99999] }""", "config.json: eos_token_id is 99999")]
    [InlineData("generation_config.json", """{ "pad_token_id": 2000000000 }""", "generation_config.json: pad_token_id is 2000000000")]
    public void An_id_that_a_config_names_has_an_embedding(string file, string json, string expected)
    {
        using var files = Bpe(("a", "b")).With(file, json);
        using var model = TinyDecoder.Create();
        Assert.Contains(expected, Assert.Throws<NoraException>(() => new LoadedTextModel<LlamaModel>(model, files.Load(), null)).Message);
    }

    [Fact]
    public void The_decoders_flags_count_and_added_tokens_json_does_not_beside_it()
    {
        using var files = SentencePiece(addDummyPrefix: false).With("added_tokens.json", """{ "<|old|>": 9 }""").With("tokenizer_config.json", """
            { "added_tokens_decoder": { "9": { "content": "<|x|>", "lstrip": true, "rstrip": true, "special": false },
                                        "10": { "content": "bb", "single_word": true, "special": true } } }
            """);
        var tokenizer = files.Load();
        Assert.Equal([3, 9, 4], tokenizer.Encode("a <|x|> b", addSpecialTokens: false));
        Assert.Equal([3, 5, 10, 5, 3], tokenizer.Encode("a bb a", addSpecialTokens: false));
        Assert.Equal([3, 4, 4], tokenizer.Encode("abb", addSpecialTokens: false));
        Assert.Equal("a<|x|>", tokenizer.Decode([3, 9, 10]));
    }

    [Fact]
    public void A_pad_token_may_be_an_added_one_and_one_that_nobody_has_is_refused()
    {
        using var files = SentencePiece(addDummyPrefix: false).With("added_tokens.json", """{ "[PAD]": 9 }""").With("tokenizer_config.json", """{ "pad_token": "[PAD]" }""");
        Assert.Equal(9, files.Load().PadId);
        files.With("added_tokens.json", "{}");
        Assert.Contains("pad_token is \"[PAD]\", which the tokenizer's vocabulary lacks", Assert.Throws<TokenizerException>(files.Load).Message);
        files.With("tokenizer_config.json", $$"""{ "additional_special_tokens": ["{{Turn}}"] }""");
        Assert.Contains($"has \"{Turn}\", which the tokenizer's vocabulary lacks", Assert.Throws<TokenizerException>(files.Load).Message);
    }

    [Fact]
    public void A_named_token_that_is_a_plain_piece_is_found_in_the_text()
    {
        using var files = Bpe(("<", "|"), ("<|", "x")).With("special_tokens_map.json", """{ "eos_token": "<|x", "additional_special_tokens": [{ "content": "<|" }] }""");
        var tokenizer = files.Load();
        Assert.Equal((257, 257), (tokenizer.EndId, tokenizer.Encode("a<|x")[^1]));
        Assert.Equal([256, Id("a")], tokenizer.Encode("<|a"));
    }

    /// <summary>Qwen2's vocabulary has "&lt;s&gt;" among its pieces.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("Qwen2Tokenizer")]
    [InlineData("GPT2Tokenizer")]
    public void Begin_and_end_are_not_guessed_from_ordinary_pieces(string? type)
    {
        (string, string)[] merges = [("<", "s"), ("<s", ">"), ("<", "/"), ("</", "s"), ("</s", ">")];
        using var files = Bpe(merges).With("tokenizer_config.json", type is null ? "{}" : $$"""{ "tokenizer_class": "{{type}}" }""");
        var tokenizer = files.Load();
        Assert.Equal(((int?)null, (int?)null), (tokenizer.BeginId, tokenizer.EndId));
        Assert.Equal([Id("a")], tokenizer.Encode("a"));
        Assert.False(tokenizer.SpecialTokens.ContainsKey("bos_token"));
    }

    [Fact]
    public void The_class_decides_how_vocab_json_splits_words_and_an_unknown_one_is_refused()
    {
        using var files = Bpe(("1", "2"), ("a", "b")).With("tokenizer_config.json", """{ "tokenizer_class": "Qwen2TokenizerFast" }""");
        Assert.Equal([Id("1"), Id("2"), 257], files.Load().Encode("12ab"));
        files.With("tokenizer_config.json", """{ "tokenizer_class": "GPT2Tokenizer", "add_prefix_space": true }""");
        Assert.Equal([Id("Ġ"), 256, 257], files.Load().Encode("12ab"));
        files.With("tokenizer_config.json", """{ "tokenizer_class": "GPT2Tokenizer", "add_bos_token": true, "bos_token": "ab" }""");
        Assert.Equal([257, 256], files.Load().Encode("12"));
        files.With("tokenizer_config.json", """{ "tokenizer_class": "BlenderbotTokenizer" }""");
        Assert.Contains("tokenizer_class is BlenderbotTokenizer; a vocab.json is read as", Assert.Throws<TokenizerException>(files.Load).Message);
    }

    [Theory]
    [InlineData("tokenizer_config.json", """{ "bos_token": "<s>" }""", "<s>a")]
    [InlineData("special_tokens_map.json", """{ "bos_token": { "content": "<s>" } }""", "<s>a")]
    [InlineData("config.json", """{ "bos_token_id": 1 }""", "<s>a")]
    [InlineData("generation_config.json", """{ "bos_token_id": 1 }""", "<s>a")]
    [InlineData("tokenizer_config.json", """{ "bos_token": null }""", "a")]
    public void A_chat_template_has_the_tokenizers_special_tokens_wherever_they_are_named(string file, string json, string expected)
    {
        using var files = SentencePiece(addDummyPrefix: false).With("chat_template.jinja", "{{ bos_token }}{{ messages[0].content }}").With(file, json);
        Assert.Equal(expected, ChatTemplate.Load(files.Load()).Render([new ChatMessage(ChatMessage.User, "a")], false));
    }

    [Theory]
    [InlineData("{{ bos_token }}")]
    [InlineData("{{ 'x' + bos_token }}")]
    [InlineData("{{ 'x' ~ bos_token }}")]
    public void A_template_that_writes_a_token_that_no_file_names_is_an_error_that_says_where_to_name_it(string template)
    {
        using var files = SentencePiece(addDummyPrefix: false).With("chat_template.jinja", template); // which has a piece <s>
        var chat = ChatTemplate.Load(files.Load());
        var message = Assert.Throws<ChatTemplateException>(() => chat.Render([new ChatMessage(ChatMessage.User, "a")], false)).Message;
        Assert.Contains("`bos_token`, which no file of the model's folder names: name it in tokenizer_config.json", message);
    }

    [Theory]
    [InlineData("{% if bos_token %}{{ bos_token }}{% endif %}a{{ other_token }}")]
    [InlineData("{{ bos_token if bos_token is defined }}{{ bos_token or 'a' }}")]
    [InlineData("{{ bos_token | default('a') }}")]
    public void A_template_may_ask_whether_there_is_such_a_token(string template)
    {
        using var files = new TemporaryTokenizer().With("tokenizer.json", ByteLevelFixture.Plain([]).ToJsonString()).With("chat_template.jinja", template);
        Assert.Equal("a", ChatTemplate.Load(files.Load()).Render([new ChatMessage(ChatMessage.User, "a")], false));
    }

    [Theory]
    [InlineData("{}", new[] { 5, 3, 2, 5, 4 })]
    [InlineData("""{ "legacy": true }""", new[] { 5, 3, 2, 5, 4 })]
    [InlineData("""{ "legacy": false }""", new[] { 5, 3, 2, 4 })]
    [InlineData("""{ "add_prefix_space": false }""", new[] { 3, 2, 4 })]
    [InlineData("""{ "add_prefix_space": false, "legacy": false }""", new[] { 3, 2, 4 })]
    public void A_space_is_put_before_every_stretch_or_without_legacy_before_the_text(string config, int[] ids)
    {
        using var files = SentencePiece(addDummyPrefix: true).With("tokenizer_config.json", config);
        Assert.Equal(ids, files.Load().Encode("a</s>b", addSpecialTokens: false));
    }

    [Fact]
    public void A_sentencepiece_folder_that_samples_its_pieces_is_refused()
    {
        using var files = SentencePiece(addDummyPrefix: true).With("tokenizer_config.json", """{ "sp_model_kwargs": { "enable_sampling": true } }""");
        Assert.Contains("tokenizer_config.json: sp_model_kwargs has enable_sampling: true", Assert.Throws<TokenizerException>(files.Load).Message);
    }

    [Theory]
    [InlineData("tokenizer_config.json")]
    [InlineData("special_tokens_map.json")]
    [InlineData("added_tokens.json")]
    [InlineData("generation_config.json")]
    [InlineData("chat_template.jinja")]
    [InlineData("chat_template.json")]
    public void A_folder_or_a_link_to_nothing_is_no_missing_file(string name)
    {
        using var files = SentencePiece(addDummyPrefix: true).With("tokenizer_config.json", """{ "chat_template": "a" }""");
        var path = Path.Combine(files.Folder, name);
        File.Delete(path);
        File.CreateSymbolicLink(path, "gone");
        Assert.Contains($"{path} cannot be read: Could not find file", Refused());
        File.Delete(path);
        Directory.CreateDirectory(path);
        Assert.Contains($"{path} cannot be read: it is a folder, expected a file.", Refused());

        string Refused() => Assert.ThrowsAny<TextException>(() => ChatTemplate.Load(files.Load())).Message;
    }

    [Fact]
    public void A_tiktoken_vocabulary_is_said_to_be_one()
    {
        using var files = new TemporaryTokenizer().With("tokenizer.model", "IQ== 0\nIg== 1\nIw== 2\n");
        var message = Assert.Throws<TokenizerException>(files.Load).Message;
        Assert.Contains("is a tiktoken vocabulary, lines of base64 with their ranks, as Meta publishes with Llama 3", message);
        Assert.Contains("use tokenizer.json", message);
    }

    [Theory]
    [InlineData("""{ "model": { "type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0]] } }""")]
    [InlineData("""{ "model": { "unk_id": 0, "vocab": [["<unk>", 0.0]] } }""")]
    public void A_unigram_file_is_said_to_be_one(string json)
    {
        using var files = new TemporaryTokenizer().With("tokenizer.json", json);
        Assert.Contains("has the type \"Unigram\", which is not a supported model", Assert.Throws<TokenizerException>(files.Load).Message);
    }

    [Theory]
    [InlineData("tokenizer.json", true)]
    [InlineData("tokenizer.json", false)]
    [InlineData("vocab.txt", true)]
    public void A_file_in_utf_16_is_said_to_be_in_it(string name, bool mark)
    {
        byte[] text = Encoding.Unicode.GetBytes("{\"model\": 1}");
        using var files = new TemporaryTokenizer().With(name, mark ? [.. Encoding.Unicode.Preamble, .. text] : text);
        Assert.Contains("is written in UTF-16, expected UTF-8", Assert.Throws<TokenizerException>(files.Load).Message);
    }

    [Fact]
    public void A_code_point_that_nobody_assigned_makes_a_word_unknown()
    {
        using var words = new TemporaryTokenizer().With("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\n");
        Assert.Equal([2, 1, 3], words.Load().Encode("a\u0378b"));
        Assert.Equal([2, 5, 6, 3], words.Load().Encode("a\u200Db"));
    }

    private static TemporaryTokenizer SentencePiece(bool addDummyPrefix) =>
        new TemporaryTokenizer().With("tokenizer.model", SentencePieceFile.Make(Pieces, addDummyPrefix: addDummyPrefix));

    private static TemporaryTokenizer Bpe(params (string Left, string Right)[] merges)
    {
        var json = ByteLevelFixture.Plain(merges);
        return new TemporaryTokenizer().With("vocab.json", json["model"]!["vocab"]!.ToJsonString())
            .With("merges.txt", "#version: 0.2\n" + string.Concat(merges.Select(merge => $"{merge.Left} {merge.Right}\n")));
    }

    private static int Id(string character) => ByteLevelFixture.Id(ByteLevelFixture.Plain([]), character);
}
