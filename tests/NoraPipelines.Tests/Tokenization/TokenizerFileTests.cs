using System.Text;
using System.Text.Json.Nodes;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

public class TokenizerFileTests
{
    private static string Refusal(Action<JsonObject> change)
    {
        var json = ByteLevelFixture.Plain([("a", "b")]);
        change(json);
        var error = Assert.Throws<TokenizerException>(() => TemporaryTokenizer.Json(json.ToJsonString()));
        Assert.Contains("tokenizer.json", error.Message);
        return error.Message;
    }

    [Theory]
    [InlineData("pre_tokenizer", """{ "type": "UnicodeScripts" }""", "UnicodeScripts", "ByteLevel, Metaspace, Split")]
    [InlineData("normalizer", """{ "type": "Precompiled" }""", "Precompiled", "NFC, NFD")]
    [InlineData("post_processor", """{ "type": "Surprise" }""", "Surprise", "TemplateProcessing")]
    [InlineData("decoder", """{ "type": "CTC" }""", "CTC", "ByteFallback")]
    [InlineData("model", """{ "type": "Unigram", "vocab": [] }""", "Unigram", "BPE, WordPiece")]
    [InlineData("pre_tokenizer", """{ "type": "Sequence", "pretokenizers": [{ "type": "Nested" }] }""", "pretokenizers[0]", "Nested")]
    [InlineData("pre_tokenizer", """{ "type": "Split", "pattern": { "Regex": "(" }, "behavior": "Isolated" }""", "pre_tokenizer.pattern.Regex", "Correct the pattern")]
    [InlineData("pre_tokenizer", """{ "type": "Split", "pattern": { "Regex": "\\p{L}++" }, "behavior": "Isolated" }""", "possessive", "Correct the pattern")]
    [InlineData("pre_tokenizer", """{ "type": "Split", "pattern": { "Regex": "[a[bc]]" }, "behavior": "Isolated" }""", "a set within a set", "Correct the pattern")]
    [InlineData("pre_tokenizer", """{ "type": "Split", "pattern": { "Regex": "\\p{Han}" }, "behavior": "Isolated" }""", "Han", "Correct the pattern")]
    [InlineData("pre_tokenizer", """{ "type": "Split", "pattern": { "Regex": "a" }, "behavior": "Sideways" }""", "Sideways", "Removed, Isolated")]
    [InlineData("pre_tokenizer", """{ "type": "Metaspace", "prepend_scheme": "often" }""", "often", "always, first or never")]
    [InlineData("pre_tokenizer", "7", "pre_tokenizer is 7", "expected an object")]
    [InlineData("post_processor", """{ "type": "RobertaProcessing", "sep": ["x", 999], "cls": ["y", 1] }""", "999", "no token has")]
    [InlineData("post_processor", """{ "type": "TemplateProcessing", "single": [], "special_tokens": {} }""", "0 times", "expected once")]
    [InlineData("post_processor", """{ "type": "TemplateProcessing", "single": [{ "SpecialToken": { "id": "<s>" } }], "special_tokens": {} }""", "special_tokens", "<s>")]
    [InlineData("added_tokens", "null", "added_tokens is null", "left out, or given")]
    [InlineData("post_processor", """{ "type": "TemplateProcessing", "single": [{ "Sequence": {} }], "pair": null, "special_tokens": {} }""", "pair is null", "left out")]
    [InlineData("added_tokens", """[{ "id": 3, "content": "<x>" }]""", "id 3", "one token an id")]
    [InlineData("added_tokens", """[{ "id": 300, "content": "a" }]""", "\"a\" twice", "expected once")]
    [InlineData("added_tokens", """[{ "id": -1, "content": "<x>" }]""", "-1", "expected 0 to")]
    [InlineData("added_tokens", """[{ "content": "<x>" }]""", "added_tokens[0]", "\"id\"")]
    [InlineData("added_tokens", """[{ "id": 300, "content": "\ud800" }]""", "half of a surrogate pair", "not valid JSON")]
    public void A_part_that_cannot_be_used_is_named_with_what_would_be_right(string part, string value, string found, string expected)
    {
        var text = ByteLevelFixture.Plain([]).ToJsonString();
        var key = $"\"{part}\":";
        var at = text.IndexOf(key, StringComparison.Ordinal) + key.Length;
        // The value goes in as text: not every one of them could be a JsonNode.
        var rest = part == "model" ? "}" : text[text.IndexOf(part switch { "added_tokens" => ",\"normalizer\"", "normalizer" => ",\"pre_tokenizer\"", "pre_tokenizer" => ",\"post_processor\"", "post_processor" => ",\"decoder\"", _ => ",\"model\"" }, StringComparison.Ordinal)..];
        var error = Assert.Throws<TokenizerException>(() => TemporaryTokenizer.Json(text[..at] + value + rest));
        Assert.Contains("tokenizer.json", error.Message);
        Assert.Contains(found, error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Theory]
    [InlineData("-1", "-1")]
    [InlineData("2147483647", "2147483647")]
    [InlineData("3", "id 3")]
    [InlineData("99999999999999999999", "whole number")]
    [InlineData("\"3\"", "whole number")]
    [InlineData("null", "whole number")]
    public void An_id_that_cannot_be_is_refused(string id, string part) => Assert.Contains(part, Refusal(json => json["model"]!["vocab"]!["new"] = JsonNode.Parse(id)));

    [Theory]
    [InlineData("""["a", "zzz"]""", "\"zzz\" is not in the vocabulary")]
    [InlineData("""["b", "a"]""", "\"ba\" is not in the vocabulary")]
    [InlineData("\"a\"", "expected two tokens")]
    [InlineData("\"a b c\"", "expected two tokens")]
    [InlineData("[\"a\"]", "expected two tokens")]
    [InlineData("7", "expected a text")]
    public void A_merge_that_cannot_be_is_refused(string merge, string part)
    {
        var message = Refusal(json => json["model"]!["merges"]!.AsArray().Add(JsonNode.Parse(merge)));
        Assert.Contains(part, message);
        Assert.Contains("model.merges[1]", message);
    }

    [Fact]
    public void Dropout_and_an_absent_unknown_token_are_refused()
    {
        Assert.Contains("dropout is 0.1", Refusal(json => json["model"]!["dropout"] = 0.1));
        Assert.Contains("<unk>", Refusal(json => json["model"]!["unk_token"] = "<unk>"));
        Assert.Contains("\"merges\"", Refusal(json => json["model"]!.AsObject().Remove("merges")));
        Assert.Contains("is empty", Refusal(json => json["model"]!["vocab"] = new JsonObject()));
    }

    [Fact]
    public void A_pattern_without_end_stops_with_its_name_in_seconds()
    {
        var json = ByteLevelFixture.Plain([]);
        json["pre_tokenizer"] = JsonNode.Parse("""{ "type": "Split", "pattern": { "Regex": "(x+x+)+y" }, "behavior": "Isolated" }""");
        var tokenizer = TemporaryTokenizer.Json(json.ToJsonString());
        Assert.Equal(4, tokenizer.Encode("xxxy").Length);
        var error = Assert.Throws<TokenizerException>(() => tokenizer.Encode(new string('x', 60)));
        Assert.Contains("(x+x+)+y", error.Message);
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_refused_with_its_line()
    {
        var whole = Encoding.UTF8.GetBytes(ByteLevelFixture.Llama3([("a", "b")]).ToJsonString());
        for (var length = 0; length < whole.Length; length += 97)
        {
            using var files = new TemporaryTokenizer().With("tokenizer.json", whole[..length]);
            Assert.Contains("line 1", Assert.Throws<TokenizerException>(files.Load).Message);
        }
    }

    [Fact]
    public void Any_damage_is_refused_as_such_or_does_no_harm()
    {
        var whole = Encoding.UTF8.GetBytes(ByteLevelFixture.Llama3([("a", "b")]).ToJsonString());
        var random = new Random(1);
        var refused = 0;
        for (var i = 0; i < 300; i++)
        {
            var damaged = (byte[])whole.Clone();
            for (var k = 0; k < 3; k++) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            using var files = new TemporaryTokenizer().With("tokenizer.json", damaged);
            try
            {
                var tokenizer = files.Load();
                tokenizer.Decode(tokenizer.Encode("ab 😀\n<|eot_id|> 12"));
            }
            catch (TokenizerException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 200, 300);
    }

    [Fact]
    public void A_folder_without_a_tokenizer_says_what_it_holds()
    {
        using var files = new TemporaryTokenizer().With("config.json", "{}").With("a.model", "").With("b.model", "");
        var error = Assert.Throws<TokenizerException>(files.Load);
        Assert.Contains("a.model, b.model, config.json", error.Message);
        Assert.Contains("expected tokenizer.json", error.Message);
        Assert.Contains("does not exist", Assert.Throws<TokenizerException>(() => TextTokenizer.Load(Path.Combine(files.Folder, "none"))).Message);
    }

    [Fact]
    public void A_damaged_config_beside_the_tokenizer_is_named()
    {
        foreach (var damaged in new[] { "{", "[]", "7", """{ "eos_token": 7 }""", """{ "eos_token": {} }""", """{ "bos_token": "\ud800" }""" })
        {
            using var files = new TemporaryTokenizer().With("tokenizer.json", ByteLevelFixture.Plain([]).ToJsonString()).With("tokenizer_config.json", damaged);
            Assert.Contains("tokenizer_config.json", Assert.Throws<TokenizerException>(files.Load).Message);
        }
    }

    [Fact]
    public void A_file_that_is_no_object_of_texts_is_refused()
    {
        foreach (var text in new[] { "", "[]", "null", "7", "\"x\"", """{ "\ud800": 1 }""", """{ "model": { "type": "BPE", "vocab": { "\ud800": 1 }, "merges": [] } }""", new string('[', 5000) })
            Assert.Throws<TokenizerException>(() => TemporaryTokenizer.Json(text));
    }

    [Fact]
    public void All_end_tokens_of_the_generation_config_end_a_text_and_the_first_is_written()
    {
        using var files = new TemporaryTokenizer();
        BpeTrainer.Train(["one two"], 262, Path.Combine(files.Folder, "tokenizer.json"));
        var alone = files.Load();
        Assert.Equal([alone.EndId!.Value], alone.EndIds);
        files.With("config.json", """{ "eos_token_id": 7 }""");
        Assert.Equal([alone.EndId.Value, 7], files.Load().EndIds);
        files.With("generation_config.json", $$"""{ "eos_token_id": [{{alone.EndId}}, 9, 12, 99999] }""");
        Assert.Equal([alone.EndId.Value, 9, 12], files.Load().EndIds);
        Assert.Equal(alone.EndId, files.Load().EndId);
    }
}
