using Microsoft.ML.Tokenizers;
using NoraPipelines.Tests.Tokenization.Peers;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

public class SentencePieceTests
{
    private const string Stories = "data/models/stories260k";
    private const string BabyLlama = "data/models/babyllama-105";

    /// <summary>The published vocabulary of stories260K as the *.model file that it was exported from.</summary>
    private static byte[] StoriesModel() => SentencePieceFile.Make([
        .. new Llama2cEncoder(Shared.Path(Stories + "/tok512.bin"), 512).Vocabulary.Select((piece, id) => id switch
        {
            0 => ("<unk>", 0f, 2),
            1 or 2 => (piece.Token.Trim(), 0f, 3),
            < 259 => (piece.Token, 0f, 6),
            _ => (piece.Token.Replace(' ', '▁'), piece.Score, 1),
        })]);

    [SharedFact(Stories)]
    public void Hard_texts_have_the_ids_and_spans_of_the_same_model_as_tokenizer_json()
    {
        using var files = new TemporaryTokenizer().With("tokenizer.model", StoriesModel());
        var (tokenizer, json) = (files.Load(), TextTokenizer.Load(Shared.Path(Stories)));
        foreach (var text in HardTexts.All.Where(text => !text.Contains("s>"))) // a later "▁" only at the text's beginning
        {
            Assert.Equal(json.EncodeWithSpans(text), tokenizer.EncodeWithSpans(text));
            Assert.Equal(text.Replace('▁', ' '), tokenizer.Decode(tokenizer.Encode(text)));
        }
        Assert.Equal((1, 2, 512), (tokenizer.BeginId, tokenizer.EndId, tokenizer.VocabularySize));
    }

    [SharedFact(Stories)]
    public void Hard_texts_have_the_ids_of_another_reader_of_the_format()
    {
        var model = StoriesModel();
        using var files = new TemporaryTokenizer().With("tokenizer.model", model);
        var tokenizer = files.Load();
        var peer = SentencePieceTokenizer.Create(new MemoryStream(model));
        foreach (var text in HardTexts.All.Where(text => !text.Contains("s>") && !text.Contains("<unk>") && text.Length > 0))
            Assert.Equal(peer.EncodeToIds(text), tokenizer.Encode(text));
    }

    [SharedFact(BabyLlama)]
    public void The_published_character_model_reads_like_its_tokenizer_json()
    {
        var tokenizer = TextTokenizer.Load(Shared.Path(BabyLlama + "/tok105.model"));
        var json = TextTokenizer.Load(Shared.Path(BabyLlama));
        foreach (var text in HardTexts.All.Where(text => !text.Contains("  ") && text.Trim(' ') == text && !text.Contains("s>")))
            Assert.Equal(json.EncodeWithSpans(text), tokenizer.EncodeWithSpans(text));
        Assert.Equal(tokenizer.Encode("a b"), tokenizer.Encode("  a   b ")); // this model drops extra spaces
        Assert.Equal(tokenizer.Encode("日"), tokenizer.Encode("日本語")); // unknown neighbours are one
    }

    [Fact]
    public void Equal_scores_merge_from_the_left_and_control_pieces_are_found_in_the_text()
    {
        (string, float, int)[] pieces = [("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("a", -3, 1), ("b", -3, 1), ("ab", -1, 1), ("ba", -1, 1), ("▁", -3, 1), ("<turn>", 0, 4)];
        using var files = new TemporaryTokenizer().With("tokenizer.model", SentencePieceFile.Make(pieces, addDummyPrefix: false));
        var tokenizer = files.Load();
        Assert.Equal([1, 5, 3], tokenizer.Encode("aba"));
        Assert.Equal([1, 6, 4], tokenizer.Encode("bab"));
        Assert.Equal([3, 2, 4, 8, 7, 3], tokenizer.Encode("a</s>b<turn> a", addSpecialTokens: false));
        Assert.Equal("ab<turn> a", tokenizer.Decode([3, 2, 4, 8, 7, 3]));
        Assert.Equal("a</s>b", tokenizer.Decode([3, 2, 4], skipSpecialTokens: false));
    }

    [Fact]
    public void What_is_around_a_text_is_as_tokenizer_config_says()
    {
        (string, float, int)[] pieces = [("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("a", -3, 1)];
        using var files = new TemporaryTokenizer().With("tokenizer.model", SentencePieceFile.Make(pieces, addDummyPrefix: false))
            .With("tokenizer_config.json", """{ "add_bos_token": false, "add_eos_token": true, "bos_token": { "content": "<s>" }, "eos_token": "</s>" }""");
        Assert.Equal([3, 2], files.Load().Encode("a"));
        Assert.Equal(2, files.Load().Files.Count);
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_refused_or_read_as_fewer_pieces()
    {
        (string, float, int)[] pieces = [("<unk>", 0, 2), ("<s>", 0, 3), ("a", -3, 1), ("b", -4, 1)];
        var whole = SentencePieceFile.Make(pieces);
        var refused = 0;
        for (var length = 0; length < whole.Length; length++)
        {
            using var files = new TemporaryTokenizer().With("tokenizer.model", whole[..length]);
            try
            {
                files.Load();
            }
            catch (TokenizerException e)
            {
                Assert.Contains("tokenizer.model", e.Message);
                refused++;
            }
        }
        Assert.True(refused >= whole.Length - 3, $"{refused} of {whole.Length}");
    }

    [Theory]
    [InlineData(1, null, 0f, "a Unigram model")]
    [InlineData(2, "nmt", 0f, "a character map of 3 bytes")]
    [InlineData(2, null, float.NaN, "score NaN")]
    public void What_is_not_supported_is_named(int modelType, string? map, float score, string part)
    {
        var model = SentencePieceFile.Make([("<unk>", 0, 2), ("a", score, 1)], modelType, characterMap: map is null ? null : [1, 2, 3]);
        using var files = new TemporaryTokenizer().With("tokenizer.model", model);
        Assert.Contains(part, Assert.Throws<TokenizerException>(files.Load).Message);
    }
}
