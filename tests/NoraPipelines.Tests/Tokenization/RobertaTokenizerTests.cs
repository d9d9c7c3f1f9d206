using System.Text.Json.Nodes;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

/// <summary>RoBERTa's files: byte-level BPE with pairs, as tokenizer.json and as vocab.json with merges.txt.</summary>
public class RobertaTokenizerTests
{
    private const string Gpt2 = "data/tokenizers/gpt2";
    private static readonly (string Left, string Right)[] Merges = [("l", "o"), ("lo", "w"), ("Ġ", "low"), ("e", "r")];

    [Fact]
    public void A_pair_has_two_end_tokens_between_its_texts()
    {
        var tokenizer = FromTwoFiles();
        int[] low = [Id("low")], lower = [Id("low"), Id("er")];
        Assert.Equal([0, .. low, 2], tokenizer.EncodeClassified("low", null, 16).Ids);
        Assert.Equal([0, .. low, 2, 2, .. lower, 2], tokenizer.EncodeClassified("low", "lower", 16).Ids);
        Assert.Equal(tokenizer.Encode("low"), tokenizer.EncodeClassified("low", null, 16).Ids);
    }

    [Fact]
    public void The_special_tokens_are_those_of_the_vocabulary()
    {
        var tokenizer = FromTwoFiles();
        Assert.Equal((0, 2, 1), (tokenizer.BeginId, tokenizer.EndId, tokenizer.PadId));
        Assert.Equal([0, Id("low"), 4, Id("er"), 2], tokenizer.Encode("low <mask>er")); // the mask takes the space before it
        Assert.Equal("low low", tokenizer.Decode(tokenizer.Encode("low low")));
    }

    [Theory]
    [InlineData(3, 4, 10, 3, 4)]
    [InlineData(3, 9, 10, 3, 7)]
    [InlineData(9, 3, 10, 7, 3)]
    [InlineData(9, 9, 10, 5, 5)]
    [InlineData(9, 9, 11, 6, 5)]
    [InlineData(10, 9, 11, 6, 5)]
    [InlineData(20, 30, 11, 6, 5)]
    [InlineData(0, 30, 11, 0, 11)]
    public void The_longer_text_of_a_pair_is_cut_first(int first, int second, int room, int keptFirst, int keptSecond) =>
        Assert.Equal((keptFirst, keptSecond), PairTruncation.Keep(first, second, room));

    [Fact]
    public void Special_tokens_stay_where_texts_are_cut()
    {
        var tokenizer = FromTwoFiles();
        Assert.Equal([0, Id("low"), Id("Ġlow"), 2, 2, Id("er"), 2], tokenizer.EncodeClassified("low low low", "ererer", 7).Ids);
        var error = Assert.Throws<TokenizerException>(() => tokenizer.EncodeClassified("low", "low", 4));
        Assert.Contains("no room for a text beside 4 special ones", error.Message);
    }

    [Fact]
    public void The_template_of_a_newer_file_has_its_pair()
    {
        var json = ByteLevelFixture.Plain(Merges);
        json["post_processor"] = JsonNode.Parse("""
            { "type": "TemplateProcessing",
              "single": [{ "SpecialToken": { "id": "A", "type_id": 0 } }, { "Sequence": { "id": "A", "type_id": 0 } }],
              "pair": [{ "SpecialToken": { "id": "A", "type_id": 0 } }, { "Sequence": { "id": "A", "type_id": 0 } },
                       { "SpecialToken": { "id": "B", "type_id": 0 } }, { "Sequence": { "id": "B", "type_id": 1 } }],
              "special_tokens": { "A": { "id": "A", "ids": [32], "tokens": ["A"] }, "B": { "id": "B", "ids": [33, 34], "tokens": ["B", "C"] } } }
            """);
        var tokenizer = TemporaryTokenizer.Json(json.ToJsonString());
        int[] er = tokenizer.Encode("er", addSpecialTokens: false);
        Assert.Equal([32, .. er, 33, 34, .. er], tokenizer.EncodeClassified("er", "er", 16).Ids);
    }

    [SharedFact(Gpt2)]
    public void Gpt2s_two_files_give_the_ids_of_its_tokenizer_json()
    {
        using var files = new TemporaryTokenizer()
            .With("vocab.json", File.ReadAllBytes(Shared.Path($"{Gpt2}/vocab.json")))
            .With("merges.txt", File.ReadAllBytes(Shared.Path($"{Gpt2}/vocab.bpe")));
        var (two, one) = (files.Load(), TextTokenizer.Load(Shared.Path(Gpt2)));
        foreach (var text in HardTexts.All) Assert.Equal(one.Encode(text), two.Encode(text));
        Assert.Equal(one.EndId, two.EndId);
    }

    [Theory]
    [InlineData("l o w", "merges.txt:2: is \"l o w\"; expected two tokens")]
    [InlineData("l zz", "\"zz\" is not in the vocabulary")]
    public void Damaged_merges_are_refused_with_their_place(string line, string message)
    {
        using var files = new TemporaryTokenizer().With("vocab.json", Vocabulary().ToJsonString()).With("merges.txt", $"#version: 0.2\n{line}\n");
        Assert.Contains(message, Assert.Throws<TokenizerException>(files.Load).Message);
    }

    private static TextTokenizer FromTwoFiles()
    {
        using var files = new TemporaryTokenizer()
            .With("vocab.json", Vocabulary().ToJsonString())
            .With("merges.txt", "#version: 0.2\n" + string.Concat(Merges.Select(merge => $"{merge.Left} {merge.Right}\n")));
        return files.Load();
    }

    private static int Id(string token) => Vocabulary()[token]!.GetValue<int>();

    /// <summary>RoBERTa's order: four special tokens, then the others, here with the mask among the first.</summary>
    private static JsonObject Vocabulary()
    {
        var vocabulary = new JsonObject();
        foreach (var token in (string[])["<s>", "<pad>", "</s>", "<unk>", "<mask>"]) vocabulary[token] = vocabulary.Count;
        foreach (var (token, _) in ByteLevelFixture.Plain(Merges)["model"]!["vocab"]!.AsObject()) vocabulary[token] = vocabulary.Count;
        return vocabulary;
    }
}
