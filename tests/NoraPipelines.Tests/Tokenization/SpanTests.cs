using System.Text.Json.Nodes;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

public class SpanTests
{
    private const string Stories = "data/models/stories260k";
    private const string Gpt2 = "data/tokenizers/gpt2";
    private const string Bert = "data/tokenizers/bert-base-uncased";

    [SharedFact(Stories)]
    public void The_byte_tokens_of_an_emoji_share_its_range()
    {
        var spans = TextTokenizer.Load(Shared.Path(Stories)).EncodeWithSpans("a😀b");
        Assert.Equal([(0, 0), (0, 1), (1, 3), (1, 3), (1, 3), (1, 3), (3, 4)], spans.Select(span => (span.Start, span.End)));
    }

    [SharedFact(Gpt2)]
    public void A_word_covers_the_space_before_it_and_nothing_is_left_out()
    {
        var spans = TextTokenizer.Load(Shared.Path(Gpt2)).EncodeWithSpans("Hello world  !\n");
        Assert.Equal([(0, 5), (5, 11), (11, 12), (12, 14), (14, 15)], spans.Select(span => (span.Start, span.End)));
    }

    [SharedFact(Stories)]
    public void The_mark_before_the_first_word_stands_for_nothing()
    {
        var spans = TextTokenizer.Load(Shared.Path(Stories)).EncodeWithSpans("日 x");
        Assert.Equal((0, 0), (spans[1].Start, spans[1].End)); // "▁" alone
        Assert.All(spans.Skip(2).Take(3), span => Assert.Equal((0, 1), (span.Start, span.End)));
        Assert.Equal((1, 3), (spans[5].Start, spans[^1].End));
    }

    [SharedFact(Bert)]
    public void What_a_normalizer_composes_lowers_or_drops_still_points_into_the_original()
    {
        const string Text = "  CAFE\u0301 中 Éa";
        var tokenizer = TextTokenizer.Load(Shared.Path(Bert));
        var spans = tokenizer.EncodeWithSpans(Text);
        Assert.Equal(["CAFE", "中", "Éa"], spans.Skip(1).SkipLast(1).Where(span => span.End > span.Start)
            .Select(span => Text[span.Start..span.End].TrimEnd('\u0301')).ToArray());
        Assert.Equal((0, 0), (spans[0].Start, spans[0].End));
        Assert.Equal((Text.Length, Text.Length), (spans[^1].Start, spans[^1].End));
    }

    [SharedTheory(Stories, Gpt2, Bert)]
    [InlineData(Stories, true)]
    [InlineData(Gpt2, true)]
    [InlineData(Bert, false)]
    public void Spans_never_go_back_cover_the_text_and_never_split_a_pair(string folder, bool coversAll)
    {
        var tokenizer = TextTokenizer.Load(Shared.Path(folder));
        foreach (var text in HardTexts.All)
        {
            var done = 0;
            TokenSpan last = default;
            foreach (var span in tokenizer.EncodeWithSpans(text))
            {
                Assert.True(span.Start >= last.Start && span.End >= last.End && span.Start <= span.End && span.End <= text.Length, $"\"{text}\": {last} {span}");
                Assert.True(!coversAll || span.Start <= done, $"\"{text}\": nothing stands for {done} to {span.Start}");
                foreach (var border in new[] { span.Start, span.End })
                    Assert.False(border > 0 && border < text.Length && char.IsSurrogatePair(text[border - 1], text[border]), $"\"{text}\" at {border}");
                (done, last) = (Math.Max(done, span.End), span);
            }
            if (coversAll) Assert.Equal(text.Length, done);
        }
    }

    [Fact]
    public void Added_tokens_take_the_white_space_that_they_strip_and_respect_words()
    {
        var json = ByteLevelFixture.Plain([]);
        json["added_tokens"] = JsonNode.Parse("""
            [{ "id": 256, "content": "<mask>", "lstrip": true, "rstrip": true, "special": true },
             { "id": 257, "content": "cat", "single_word": true },
             { "id": 258, "content": "<m", "special": false }]
            """);
        var tokenizer = TemporaryTokenizer.Json(json.ToJsonString());
        var spans = tokenizer.EncodeWithSpans("a  <mask> \n<m cat cats");
        Assert.Equal([new TokenSpan(256, 1, 11), new TokenSpan(258, 11, 13), new TokenSpan(257, 14, 17)], spans.Where(span => span.Id >= 256));
        Assert.Equal(new TokenSpan(ByteLevelFixture.Id(json, "s"), 21, 22), spans[^1]);
        Assert.Equal("a<m", tokenizer.Decode([ByteLevelFixture.Id(json, "a"), 256, 258, 9999, -1])); // no such tokens: nothing
    }
}
