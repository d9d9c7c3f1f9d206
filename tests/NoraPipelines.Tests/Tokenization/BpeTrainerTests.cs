using System.Text.Json;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

public sealed class BpeTrainerTests : IDisposable
{
    private static readonly string[] Texts =
    [
        "the cat sat on the mat. the cat ate the rat.", "a cat and a rat and 1234 mats cost 1234.50 at 12:34", "don't they say that the other cat's hat is that hat?",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("nora-bpe-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Train(IEnumerable<string> texts, int size, string name = "tokenizer.json")
    {
        var path = Path.Combine(_folder, name);
        BpeTrainer.Train(texts, size, path);
        return path;
    }

    [Fact]
    public void Special_tokens_have_the_ids_0_1_and_2_and_a_text_begins_with_1()
    {
        var tokenizer = TextTokenizer.Load(Train(Texts, 290));
        Assert.Equal(290, tokenizer.VocabularySize);
        Assert.Equal((0, 1, 2), (tokenizer.PadId, tokenizer.BeginId, tokenizer.EndId));
        Assert.Equal(1, tokenizer.Encode("the cat")[0]);
        Assert.Equal([1], tokenizer.Encode(""));
        Assert.Equal("a<s>b", tokenizer.Decode(tokenizer.Encode("a<s>b", addSpecialTokens: false), skipSpecialTokens: false));
        Assert.Equal([tokenizer.Encode("a", false)[0], 1, tokenizer.Encode("b", false)[0]], tokenizer.Encode("a<s>b", addSpecialTokens: false));
        Assert.Equal(2, Directory.GetFiles(_folder).Length); // no leftovers
    }

    [Fact]
    public void Frequent_words_become_one_token()
    {
        var tokenizer = TextTokenizer.Load(Train(Texts, 290));
        Assert.Single(tokenizer.Encode(" the", addSpecialTokens: false));
        Assert.Single(tokenizer.Encode(" cat", addSpecialTokens: false));
    }

    [Fact]
    public void Every_digit_is_its_own_token_however_often_a_number_occurs()
    {
        var tokenizer = TextTokenizer.Load(Train(Enumerable.Repeat("pay 1234 now, 1234 later", 200), 268));
        var digits = "1234".Select(c => tokenizer.Encode(c.ToString(), addSpecialTokens: false).Single());
        Assert.Equal(digits, tokenizer.Encode("1234", addSpecialTokens: false));
    }

    [Fact]
    public void The_first_merges_are_the_most_frequent_pairs_by_hand()
    {
        // "ab" occurs 5 times, "cd" 3 times, "ef" twice; "abcd" cannot be, because they are separate words.
        var path = Train(["ab ab ab ab ab".Replace(' ', '\n'), "cd\ncd\ncd", "ef\nef"], BpeTrainer.SmallestVocabulary + 3);
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        Assert.Equal(["a b", "c d", "e f"], json.RootElement.GetProperty("model").GetProperty("merges").EnumerateArray().Select(x => x.GetString()));
    }

    [Fact]
    public void Ids_are_contiguous_and_every_text_comes_back()
    {
        var path = Train(Texts, 295);
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        var ids = json.RootElement.GetProperty("model").GetProperty("vocab").EnumerateObject().Select(x => x.Value.GetInt32()).Order();
        Assert.Equal(Enumerable.Range(0, 295), ids);
        var tokenizer = TextTokenizer.Load(path);
        foreach (var text in HardTexts.All) Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, addSpecialTokens: false), skipSpecialTokens: false));
    }

    [Fact]
    public void The_same_texts_in_another_order_give_the_same_file()
    {
        var first = File.ReadAllBytes(Train(Texts, 295, "a.json"));
        var second = File.ReadAllBytes(Train(Texts.Reverse(), 295, "b.json"));
        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData(258, "expected 259")]
    [InlineData(5000, "Train on more text")]
    public void A_size_that_cannot_be_is_refused_with_the_bound(int size, string part)
    {
        var error = Assert.Throws<TokenizerException>(() => Train(Texts, size));
        Assert.Contains(part, error.Message);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [SharedFact("data/text/tinystories")]
    public void Half_a_megabyte_of_stories_trains_in_seconds()
    {
        var text = string.Concat(Directory.GetFiles(Shared.Path("data/text/tinystories"), "*.txt").Order().Select(File.ReadAllText))[..500_000];
        var file = "";
        var time = ThreadTime.Of(() => file = Train(text.Split("<|endoftext|>"), 1024));
        Assert.True(time.TotalSeconds < 30, $"{time}");
        var tokenizer = TextTokenizer.Load(file);
        var perToken = (double)text.Length / tokenizer.Encode(text).Length;
        Assert.True(perToken > 3, $"{perToken} characters a token");
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
    }
}
