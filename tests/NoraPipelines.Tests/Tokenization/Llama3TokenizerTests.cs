using System.Text.Json.Nodes;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

public class Llama3TokenizerTests
{
    private static readonly (string, string)[] Merges = [("Ġ", "t"), ("h", "e"), ("Ġt", "he"), ("1", "2"), ("12", "3"), ("a", "b"), ("c", "d")];
    private static readonly JsonObject Json = ByteLevelFixture.Llama3(Merges, "abcd", "Ċ");
    private static readonly TextTokenizer Tokenizer = TemporaryTokenizer.Json(Json.ToJsonString());

    private static string[] Tokens(string text) => [.. Tokenizer.Encode(text, addSpecialTokens: false).Select(id => Tokenizer.Decode([id], false))];

    [Fact]
    public void A_piece_that_is_a_token_is_that_token_whatever_the_merges_make_of_it()
    {
        Assert.Equal(["abcd"], Tokens("abcd")); // no merge leads to it
        Assert.Equal(["ab", "cd", "e"], Tokens("abcde"));
        var json = ByteLevelFixture.Llama3(Merges, "abcd");
        json["model"]!["ignore_merges"] = false;
        Assert.Equal(2, TemporaryTokenizer.Json(json.ToJsonString()).Encode("abcd", addSpecialTokens: false).Length);
    }

    [Fact]
    public void Text_is_cut_as_the_published_pattern_does()
    {
        Assert.Equal(["123", "4", "5"], Tokens("12345")); // digits by three from the left
        Assert.Equal([" the", " ", " the"], Tokens(" the  the")); // the last space goes with the word
        Assert.Equal(["a", "'", "S", " ", "\n", "b"], Tokens("a'S \nb"));
        Assert.Equal(Tokens("x").Concat(Tokens("𝒳")), Tokens("x𝒳"));
    }

    [Fact]
    public void A_letter_beyond_the_basic_plane_joins_a_word()
    {
        // "𝒳t" is one word for \p{L}+, so the "t" at its end may not begin with the space that follows.
        var json = ByteLevelFixture.Plain([("³", "t")]);
        json["pre_tokenizer"] = JsonNode.Parse("""
            { "type": "Sequence", "pretokenizers": [
              { "type": "Split", "pattern": { "Regex": "\\p{L}+" }, "behavior": "Isolated", "invert": false },
              { "type": "ByteLevel", "add_prefix_space": false, "use_regex": false }] }
            """);
        var tokenizer = TemporaryTokenizer.Json(json.ToJsonString()); // 𝒳 = F0 9D 92 B3, and B3 is written ³
        Assert.Equal(ByteLevelFixture.Id(json, "³t"), tokenizer.Encode("𝒳t")[^1]);
        Assert.Equal(5, tokenizer.Encode("😀t").Length); // an emoji is no letter
    }

    [Fact]
    public void Special_tokens_are_found_in_the_text_and_begin_it()
    {
        var begin = Json["added_tokens"]![0]!["id"]!.GetValue<int>();
        Assert.Equal((begin, begin + 1, null), (Tokenizer.BeginId, Tokenizer.EndId, Tokenizer.PadId));
        Assert.Equal(begin + 3, Tokenizer.VocabularySize);
        var ids = Tokenizer.Encode("ab<|eot_id|>cd<|begin_of_text|>");
        Assert.Equal([begin, ByteLevelFixture.Id(Json, "ab"), begin + 2, ByteLevelFixture.Id(Json, "cd"), begin], ids);
        Assert.Equal("abcd", Tokenizer.Decode(ids));
        Assert.Equal("<|begin_of_text|>ab<|eot_id|>cd<|begin_of_text|>", Tokenizer.Decode(ids, skipSpecialTokens: false));
    }

    [Fact]
    public void Merges_as_texts_and_as_pairs_are_the_same()
    {
        var json = ByteLevelFixture.Llama3(Merges, "abcd", "Ċ");
        json["model"]!["merges"] = new JsonArray([.. Merges.Select(merge => (JsonNode)$"{merge.Item1} {merge.Item2}")]);
        var other = TemporaryTokenizer.Json(json.ToJsonString());
        foreach (var text in HardTexts.All) Assert.Equal(Tokenizer.EncodeWithSpans(text), other.EncodeWithSpans(text));
    }

    [Fact]
    public void Ids_come_from_the_folders_files_in_their_order()
    {
        var end = Json["added_tokens"]![1]!["id"]!.GetValue<int>();
        using var files = new TemporaryTokenizer().With("tokenizer.json", Json.ToJsonString())
            .With("generation_config.json", $$"""{ "bos_token_id": 5, "eos_token_id": [{{end + 1}}, {{end}}], "pad_token_id": 7 }""");
        var tokenizer = files.Load();
        Assert.Equal((5, end + 1, 7), (tokenizer.BeginId, tokenizer.EndId, tokenizer.PadId));
        files.With("config.json", """{ "eos_token_id": 9, "pad_token_id": -1 }""");
        tokenizer = files.Load();
        Assert.Equal((5, 9, 7), (tokenizer.BeginId, tokenizer.EndId, tokenizer.PadId));
        files.With("tokenizer_config.json", """{ "eos_token": "<|end_of_text|>", "bos_token": { "content": "<|begin_of_text|>" }, "pad_token": null }""");
        tokenizer = files.Load();
        Assert.Equal((end - 1, end, 7), (tokenizer.BeginId, tokenizer.EndId, tokenizer.PadId));
        Assert.Equal(["tokenizer.json", "tokenizer_config.json"], tokenizer.Files.Select(Path.GetFileName));
        files.With("tokenizer_config.json", """{ "eos_token": "<|nobody|>" }""");
        Assert.Contains("<|nobody|>", Assert.Throws<TokenizerException>(files.Load).Message);
    }
}
