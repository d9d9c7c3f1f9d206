using NoraPipelines.Generation;
using NoraPipelines.Tests.Data;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Generation;

public sealed class StreamingTextTests
{
    public static TheoryData<string> Texts => ["hello world", "  two  spaces ", "naïve café", "日本語 と 漢字", "👩‍👩‍👧 and 🇫🇷!", "a\nb\n\n\tc", "…“x”…", ""];

    [Theory]
    [MemberData(nameof(Texts))]
    public void The_pieces_make_the_text_and_no_piece_holds_half_a_character(string text) => Check(TinyTokenizer.Instance, text);

    [SharedTheory("data/models/stories260k")]
    [MemberData(nameof(Texts))]
    public void Also_where_a_tokenizer_drops_the_first_space_and_falls_back_to_bytes(string text) =>
        Check(TextTokenizer.Load(Shared.Path("data/models/stories260k")), text);

    [SharedTheory("data/tokenizers/gpt2")]
    [MemberData(nameof(Texts))]
    public void Also_with_a_published_byte_vocabulary(string text) =>
        Check(TextTokenizer.Load(Shared.Path("data/tokenizers/gpt2")), text);

    [Fact]
    public void Bytes_that_never_make_a_character_are_told_at_the_end()
    {
        var tokenizer = TinyTokenizer.Instance;
        int[] ids = tokenizer.Encode("日", addSpecialTokens: false)[..^1];
        var stream = new StreamingText(tokenizer);
        Assert.All(ids, id => Assert.Equal("", stream.Push(id)));
        Assert.Equal(tokenizer.Decode(ids), stream.Finish());
        Assert.Equal("", stream.Finish());
    }

    private static void Check(TextTokenizer tokenizer, string text)
    {
        var ids = tokenizer.Encode(text);
        var stream = new StreamingText(tokenizer);
        var pieces = ids.Select(stream.Push).Append(stream.Finish()).ToArray();
        Assert.Equal(tokenizer.Decode(ids), string.Concat(pieces));
        Assert.DoesNotContain(pieces, piece => piece.Contains('\uFFFD') || (piece.Length > 0 && char.IsHighSurrogate(piece[^1])));
    }
}
