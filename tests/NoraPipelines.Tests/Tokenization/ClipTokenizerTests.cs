using System.Text.Json;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

public class ClipTokenizerTests
{
    private const string Vocabulary = ClipFiles.Vocabulary;
    private const string Cases = "clip-tokenizer/cases.json";

    public static TheoryData<bool> Forms => [true, false];

    [SharedTheory(Vocabulary)]
    [MemberData(nameof(Forms))]
    public void Texts_have_the_ids_of_the_published_tokenizer(bool old)
    {
        using var files = new ClipFiles();
        var tokenizer = files.Load(old);
        Assert.Equal(49408, tokenizer.VocabularySize);
        var prompts = new PromptTokenizer(tokenizer, 77);
        using var cases = JsonDocument.Parse(File.ReadAllText(GoldenFile.Path(Cases)));
        var compared = 0;
        foreach (var item in cases.RootElement.EnumerateArray())
        {
            var (text, ids) = (item.GetProperty("text").GetString()!, Ids(item.GetProperty("ids")));
            var whole = Ids(item.GetProperty("tokenize77_truncate"));
            var found = prompts.Encode(text, truncate: true);
            Assert.True(whole[..found.Length].SequenceEqual(found), $"\"{text}\": expected {string.Join(' ', ids)}, got {string.Join(' ', found)}");
            Assert.All(whole[found.Length..], id => Assert.Equal(0, id));
            if (item.GetProperty("fits77").GetBoolean()) Assert.Equal([49406, .. ids, 49407], prompts.Encode(text));
            else Assert.Contains($"has {ids.Length + 2} tokens with start and end; the model reads at most 77", Assert.Throws<TokenizerException>(() => prompts.Encode(text)).Message);
            compared++;
        }
        Assert.Equal(200, compared);
    }

    [SharedFact(Vocabulary)]
    public void Prompts_of_the_five_data_sets_have_the_published_ids()
    {
        using var files = new ClipFiles();
        var prompts = new PromptTokenizer(files.Load(old: true), 77);
        using var golden = JsonDocument.Parse(File.ReadAllText(GoldenFile.Path("clip-classnames/classnames.json")));
        var (compared, longest) = (0, new List<int>());
        foreach (var data in ((string[])["food101", "oxford_pets", "dtd", "ucf101", "stanford_cars"]).Select(name => golden.RootElement.GetProperty(name)))
        {
            string[] names = [.. data.GetProperty("class_names").EnumerateArray().Select(name => name.GetString()!)];
            longest.Add(0);
            foreach (var template in data.GetProperty("ids").EnumerateObject())
            {
                var expected = template.Value.EnumerateArray().Select(Ids).ToArray();
                Assert.Equal(expected.Length, names.Length);
                foreach (var (name, ids) in names.Zip(expected))
                {
                    var found = prompts.Encode(new PromptTemplate(template.Name).Of(name));
                    Assert.Equal([49406, .. ids, 49407], found);
                    longest[^1] = Math.Max(longest[^1], found.Length);
                    compared++;
                }
            }
        }
        Assert.True(compared >= 101 + 37 + 47 + 101 + 196, $"{compared} prompts were compared");
        Assert.Equal([17, 16, 10, 14, 23], longest);
    }

    private static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];
}
