using CsCheck;
using NoraPipelines.Tests.Shipped;
using NoraPipelines.Tests.Tokenization.Peers;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

public class RoundTripTests
{
    private const string Stories = "data/models/stories260k";
    private const string Gpt2 = "data/tokenizers/gpt2";

    /// <summary>Texts of runes from all over Unicode, words, white space, and pieces of special tokens.</summary>
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Int[0, 0x10FFFF].Where(c => c is < 0xD800 or > 0xDFFF).Select(char.ConvertFromUtf32),
        Gen.Int[0x20, 0x7E].Select(char.ConvertFromUtf32), Gen.Int[0x300, 0x36F].Select(char.ConvertFromUtf32), Gen.Int[0x1F300, 0x1FAFF].Select(char.ConvertFromUtf32),
        Gen.OneOf(new[] { " ", "  ", "\n", "\r\n", "\t", "the", " and", "123", "'s", "<|endoftext|>", "<|", "é", "\u200D" }.Select(x => Gen.Const(x)).ToArray())).Array[0, 30].Select(string.Concat);

    [SharedFact(Gpt2)]
    public void Any_text_comes_back_from_bytes_with_the_ids_of_the_published_algorithm()
    {
        var (tokenizer, peer) = (TextTokenizer.Load(Shared.Path(Gpt2)), new Gpt2Encoder(Shared.Path(Gpt2)));
        Texts.Sample(text =>
        {
            var ids = tokenizer.Encode(text);
            Assert.Equal(text, tokenizer.Decode(ids, skipSpecialTokens: false));
            if (!text.Contains("<|endoftext|>")) Assert.Equal(peer.Encode(text), ids);
        }, iter: 2000);
    }

    [SharedFact(Stories)]
    public void Any_text_comes_back_from_byte_fallback_with_the_ids_of_llama2c()
    {
        var (tokenizer, peer) = (TextTokenizer.Load(Shared.Path(Stories)), new Llama2cEncoder(Shared.Path(Stories + "/tok512.bin"), 512));
        Texts.Where(text => !text.Contains('▁')).Sample(text =>
        {
            var ids = tokenizer.Encode(text);
            Assert.Equal(text, tokenizer.Decode(ids));
            Assert.Equal(peer.Encode(text, begin: true), ids);
        }, iter: 2000);
    }

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character() => ReplacesHalfPairs(Trained());

    [SharedTheory(Stories, Gpt2)]
    [InlineData(Stories)]
    [InlineData(Gpt2)]
    public void It_does_so_in_published_tokenizers(string folder) => ReplacesHalfPairs(TextTokenizer.Load(Shared.Path(folder)));

    private static void ReplacesHalfPairs(TextTokenizer tokenizer)
    {
        foreach (var text in new[] { "a\uD83Db", "\uDE00", "\uDE00\uD83D", "x\uD83D" })
        {
            var clean = text.Replace('\uD83D', '\uFFFD').Replace('\uDE00', '\uFFFD');
            Assert.Equal(tokenizer.EncodeWithSpans(clean), tokenizer.EncodeWithSpans(text));
            Assert.Equal(clean, tokenizer.Decode(tokenizer.Encode(text)));
        }
    }

    [Fact]
    public void Four_times_the_text_takes_about_four_times_the_time_however_long_its_words() => TakesLinearTime(Trained());

    [SharedTheory(Stories, Gpt2)]
    [InlineData(Stories)]
    [InlineData(Gpt2)]
    public void It_takes_about_four_times_the_time_in_published_tokenizers(string folder) => TakesLinearTime(TextTokenizer.Load(Shared.Path(folder)));

    private static void TakesLinearTime(TextTokenizer tokenizer)
    {
        var problems = File.ReadAllText(ShippedFile.Path("quickstart/data/train.jsonl"));
        foreach (var text in new[] { problems[..200_000], new string('a', 200_000), string.Concat(Enumerable.Repeat("😀", 100_000)), new string(' ', 200_000) })
        {
            var quarter = Best(text[..50_000]);
            Assert.True(quarter < TimeSpan.FromSeconds(1), $"50,000 characters in {quarter}");
            var whole = Best(text);
            Assert.True(whole <= 10 * quarter + TimeSpan.FromSeconds(0.5), $"{quarter}, then {whole}");
        }

        TimeSpan Best(string text) => Enumerable.Range(0, 3).Min(_ => ThreadTime.Of(() => tokenizer.Encode(text)));
    }

    [Fact]
    public void Threads_may_share_a_tokenizer()
    {
        var tokenizer = Trained();
        var expected = HardTexts.All.Select(text => tokenizer.Encode(text)).ToList();
        Parallel.For(0, 400, i => Assert.Equal(expected[i % expected.Count], tokenizer.Encode(HardTexts.All[i % expected.Count])));
    }

    /// <summary>The byte-level tokenizer of the model that the repository ships.</summary>
    private static TextTokenizer Trained() => TextTokenizer.Load(ShippedFile.Path("base-model/weights"));
}
