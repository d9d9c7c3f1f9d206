using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

public class BertTokenizerTests
{
    private const string Folder = "data/tokenizers/bert-base-uncased";

    /// <summary>Tokens looked up in the published vocab.txt, whose line numbers are the ids.</summary>
    [SharedTheory(Folder)]
    [InlineData("The quick brown fox.", "[CLS] the quick brown fox . [SEP]")]
    [InlineData("  Unaffable\tCAFÉ cafe\u0301 naïve ", "[CLS] una ##ffa ##ble cafe cafe naive [SEP]")]
    [InlineData("a中国b, don't!", "[CLS] a 中 国 b , don ' t ! [SEP]")]
    [InlineData("x😀y [MASK] \u0000\u200Dz", "[CLS] [UNK] [MASK] z [SEP]")]
    [InlineData("", "[CLS] [SEP]")]
    public void Texts_become_the_words_and_parts_of_the_published_vocabulary(string text, string tokens)
    {
        var vocabulary = File.ReadAllLines(Shared.Path(Folder + "/vocab.txt"));
        var ids = TextTokenizer.Load(Shared.Path(Folder)).Encode(text);
        Assert.Equal(tokens, string.Join(' ', ids.Select(id => vocabulary[id])));
    }

    [SharedFact(Folder)]
    public void Words_are_put_together_again()
    {
        var tokenizer = TextTokenizer.Load(Shared.Path(Folder));
        Assert.Equal("unaffable, cafe!", tokenizer.Decode(tokenizer.Encode("Unaffable , Café !")));
        Assert.Equal("[CLS] a [SEP]", tokenizer.Decode(tokenizer.Encode("a"), skipSpecialTokens: false));
        Assert.Equal([100], tokenizer.Encode(new string('a', 101), addSpecialTokens: false)); // longer than max_input_chars_per_word
        Assert.Equal((101, 102, 0), (tokenizer.BeginId, tokenizer.EndId, tokenizer.PadId));
    }

    /// <summary>Folders of before tokenizer.json have the vocabulary alone.</summary>
    [SharedTheory(Folder)]
    [InlineData(true)]
    [InlineData(false)]
    public void A_vocabulary_of_lines_is_the_same_tokenizer(bool lowers)
    {
        using var folder = new TemporaryFolder();
        File.Copy(Shared.Path(Folder + "/vocab.txt"), folder["vocab.txt"]);
        File.WriteAllText(folder["tokenizer_config.json"], $$"""{ "do_lower_case": {{(lowers ? "true" : "false")}} }""");
        var (found, expected) = (TextTokenizer.Load(folder.Path), TextTokenizer.Load(Shared.Path(Folder)));
        const string Text = "Unaffable\tCAFÉ a中国b, don't [MASK]!";
        if (lowers) Assert.Equal(expected.Encode(Text), found.Encode(Text));
        else Assert.NotEqual(expected.Encode(Text), found.Encode(Text));
        Assert.Equal(expected.EncodeClassified("one text", "another", 16).Ids, found.EncodeClassified("one text", "another", 16).Ids);
        Assert.Equal(4, found.EncodeClassified("one text", "another", 16).SecondStart);
        Assert.Contains(folder["vocab.txt"], found.Files);
    }

    private const string Words = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nCafé\ncafé\ncafe\n中\n国\n中国\n";

    /// <summary>Whether the vocabulary is in lines or in tokenizer.json, which has settings of its own.</summary>
    [Theory]
    [InlineData("""{ }""", "cafe 中 国")]
    [InlineData("""{ "strip_accents": false }""", "café 中 国")]
    [InlineData("""{ "do_lower_case": false }""", "Café 中 国")]
    [InlineData("""{ "do_lower_case": false, "strip_accents": null, "tokenize_chinese_chars": false }""", "Café 中国")]
    [InlineData("""{ "tokenize_chinese_chars": false }""", "cafe 中国")]
    public void The_configs_settings_decide(string config, string tokens)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["vocab.txt"], Words);
        File.WriteAllText(folder["tokenizer_config.json"], config);
        Check();
        File.Delete(folder["vocab.txt"]);
        var ids = string.Join(", ", Words.TrimEnd('\n').Split('\n').Select((word, id) => $"\"{word}\": {id}"));
        File.WriteAllText(folder["tokenizer.json"], $$"""
            {
              "normalizer": { "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true },
              "pre_tokenizer": { "type": "BertPreTokenizer" },
              "model": { "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": { {{ids}} } }
            }
            """);
        Check();

        void Check()
        {
            var words = Words.Split('\n');
            Assert.Equal(tokens, string.Join(' ', TextTokenizer.Load(folder.Path).Encode("Café 中国", addSpecialTokens: false).Select(id => words[id])));
        }
    }

    [Fact]
    public void A_setting_that_is_a_text_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["vocab.txt"], Words);
        File.WriteAllText(folder["tokenizer_config.json"], """{ "do_lower_case": "false" }""");
        var message = Assert.Throws<TokenizerException>(() => TextTokenizer.Load(folder.Path)).Message;
        Assert.Contains("tokenizer_config.json: do_lower_case is \"false\"; expected true or false", message);
    }

    [Theory]
    [InlineData("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\na\n", "vocab.txt:7: \"a\" is there twice")]
    [InlineData("a\nb\n", "lacks [PAD]")]
    public void A_damaged_vocabulary_is_refused(string text, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["vocab.txt"], text);
        Assert.Contains(message, Assert.Throws<TokenizerException>(() => TextTokenizer.Load(folder.Path)).Message);
    }
}
