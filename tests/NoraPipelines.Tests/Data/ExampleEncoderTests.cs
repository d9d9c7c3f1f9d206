using NoraPipelines.Data;
using NoraPipelines.Plans;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Data;

public sealed class ExampleEncoderTests
{
    private static readonly TextTokenizer Tokenizer = TinyTokenizer.Instance;
    private static readonly int Begin = Tokenizer.BeginId!.Value;
    private static readonly int End = Tokenizer.EndId!.Value;

    private static ExampleEncoder Encoder(int maxTokens = 100, LossOn lossOn = LossOn.Response, Template? template = null) =>
        new(Tokenizer, template ?? Template.Plain, maxTokens, lossOn);

    [Fact]
    public void Labels_begin_with_the_response_and_end_with_the_end_token()
    {
        var example = Encoder().Encode(new Example("hello", " world"));
        Assert.Equal([Begin, .. Tokenizer.Encode("hello world", addSpecialTokens: false), End], example.Ids);
        Assert.Equal([.. Tokenizer.Encode(" world", addSpecialTokens: false), End], example.Ids[example.LabelStart..]);
    }

    [Fact]
    public void A_token_over_the_boundary_is_learnt()
    {
        var whole = Tokenizer.Encode("hello", addSpecialTokens: false);
        Assert.Single(whole);
        var example = Encoder().Encode(new Example("hel", "lo"));
        Assert.Equal([Begin, whole[0], End], example.Ids);
        Assert.Equal(1, example.LabelStart);
    }

    [Fact]
    public void A_character_of_several_tokens_is_learnt_or_not_as_a_whole()
    {
        var example = Encoder().Encode(new Example("é", "ü"));
        Assert.Equal(6, example.Ids.Length); // begin, two bytes, two bytes, end
        Assert.Equal(3, example.LabelStart);
    }

    [Fact]
    public void Plain_text_and_loss_on_all_have_labels_everywhere()
    {
        Assert.Equal(0, Encoder().Encode(new Example("", "hello world")).LabelStart);
        Assert.Equal(0, Encoder(lossOn: LossOn.All).Encode(new Example("hello", " world")).LabelStart);
        Assert.Equal(3, Encoder().Encode(new Example("", "hello world")).LabelledTokens); // not the begin token, which nothing predicts
    }

    [Fact]
    public void The_end_token_comes_once_even_if_the_text_or_the_tokenizer_has_it()
    {
        Assert.Equal([End], Encoder().Encode(new Example("hello", " world</s>")).Ids.Where(id => id == End));
        // A post-processor that puts the end token after the text instead of the begin token before it.
        const string TextThenEnd = "\"single\": [{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}, " +
            "{\"SpecialToken\": {\"id\": \"<s>\", \"type_id\": 0}}], \"unused\": [";
        var ending = TinyTokenizer.Edited(json =>
            json.Replace("\"single\": [", TextThenEnd).Replace("\"ids\": [\n          1\n        ]", "\"ids\": [ 2 ]"));
        Assert.Equal(End, ending.Encode("hello")[^1]);
        var example = new ExampleEncoder(ending, Template.Plain, 100, LossOn.Response).Encode(new Example("hello", " world"));
        Assert.Equal([.. Tokenizer.Encode("hello world", addSpecialTokens: false), End], example.Ids);
        Assert.Equal(Tokenizer.Encode("hello", addSpecialTokens: false), EncodedPrompt.Of(ending, "hello"));
    }

    [Fact]
    public void Long_examples_are_cut_without_an_end_token_and_those_without_labels_dropped_both_counted()
    {
        Example[] examples =
        [
            new("a", "b"),           // begin a b end
            new("a", "bcdefgh"),     // cut after begin a b c
            new("abcd", "e"),        // cut before e
            new("abc", "d"),         // cut before d
            new("a", "bc"),          // begin a b c: the end token is cut off
        ];
        var encoded = Encoder(maxTokens: 4).EncodeAll(examples);
        Assert.Equal((5, 3, 2, 2), (encoded.Rows, encoded.Count, encoded.Dropped, encoded.Cut));
        Assert.Equal([0, 1, 4], encoded.SourceRows);
        Assert.Equal([Begin, .. Tokenizer.Encode("abc", addSpecialTokens: false)], encoded[1].Ids);
        Assert.Equal(2, encoded[1].LabelStart);
        Assert.DoesNotContain(End, encoded[2].Ids);
        Assert.Equal((12, 6, 4), (encoded.Tokens, encoded.LabelledTokens, encoded.LongestExample));
    }

    [Fact]
    public void What_became_of_the_rows_is_told_in_a_line_and_warned_of_beyond_one_in_a_hundred()
    {
        var left = Encoder(maxTokens: 4).EncodeAll([new("a", "b"), new("abcd", "e"), new("a", "bcdefgh")]).Report;
        Assert.Equal("3 rows: 1 left out (longer than max_tokens 4 before the response begins), 1 cut; 8 tokens, 4 learnt", left.Describe());
        Assert.Equal(["2 of 3 rows are longer than max_tokens 4 (left out: 2; cut: 3). max_tokens 10 holds 99 % of them."], left.Warnings());

        var few = Encoder(maxTokens: 4).EncodeAll([.. Enumerable.Repeat(new Example("a", "b"), 99), new("a", "bcdefgh")]).Report;
        Assert.Equal((1, 4), (few.Cut, few.MaxTokensForMost));
        Assert.Empty(few.Warnings());

        var all = Encoder(maxTokens: 4).EncodeAll(Enumerable.Repeat(new Example("a", "bcdefgh"), 7)).Report;
        Assert.Equal(
            ["7 of 7 rows are longer than max_tokens 4 (cut: 1, 2, 3, 4, 5, …). max_tokens 10 holds 99 % of them.",
             "7 of 7 rows are cut: none of them teaches the model to end. Raise max_tokens."],
            all.Warnings());
    }

    [Fact]
    public void A_data_set_of_which_nothing_is_left_says_why()
    {
        var message = Assert.Throws<DataException>(() => Encoder(maxTokens: 3).EncodeAll([new("abcd", "e"), new("abc", "e")])).Message;
        Assert.Contains("All 2 rows were dropped: with at most 3 tokens", message);
        Assert.Contains("the data set is empty", Assert.Throws<DataException>(() => Encoder().EncodeAll([])).Message);
    }

    [Fact]
    public void A_row_that_the_template_does_not_fit_is_named()
    {
        var encoder = Encoder(template: Template.Alpaca);
        var message = Assert.Throws<DataException>(() => encoder.EncodeAll([new("a", "b"), new("", "b")])).Message;
        Assert.StartsWith("Row 2 of the data set: The template `alpaca` frames a prompt", message);
        Example[] mostDoNot = [.. Enumerable.Range(0, 4000).Select(row => new Example(row == 0 ? "a" : "", "b"))];
        Assert.StartsWith("Row 2 of the data set:", Assert.Throws<DataException>(() => encoder.EncodeAll(mostDoNot)).Message); // the first of them
    }

    [Fact]
    public void A_tokenizer_without_an_end_token_and_a_limit_without_room_are_refused()
    {
        var endless = TinyTokenizer.Edited(json => json.Replace("</s>", "<other>"));
        Assert.Null(endless.EndId);
        var message = Assert.Throws<DataException>(() => new ExampleEncoder(endless, Template.Plain, 10, LossOn.All)).Message;
        Assert.Contains("names no end token", message);
        Assert.Contains("may have 1 tokens", Assert.Throws<DataException>(() => Encoder(maxTokens: 1)).Message);
    }

    [Fact]
    public void A_data_set_is_the_same_in_order_as_its_rows_one_by_one()
    {
        var examples = Enumerable.Range(0, 500).Select(i => new Example($"{i} hello", $" {i * i} world")).ToArray();
        var encoded = Encoder().EncodeAll(examples);
        Assert.Equal(examples.Select(example => string.Join(' ', Encoder().Encode(example).Ids)), encoded.Select(e => string.Join(' ', e.Ids)));
    }

    [SharedFact("data/models/stories260k", "data/text/gsm8k")]
    public void Of_real_questions_the_labels_are_the_answers()
    {
        var tokenizer = TextTokenizer.Load(Shared.Path("data/models/stories260k"));
        var rows = ExampleReader.Read(Shared.Path("data/text/gsm8k/test.jsonl"), new ColumnMap(), limit: 100);
        var encoded = new ExampleEncoder(tokenizer, Template.Metamath, 4096, LossOn.Response).EncodeAll(rows);
        Assert.Equal((100, 0, 0), (encoded.Count, encoded.Cut, encoded.Dropped));
        foreach (var (row, example) in rows.Zip(encoded))
        {
            Assert.Equal(tokenizer.BeginId, example.Ids[0]);
            Assert.Equal(tokenizer.EndId, example.Ids[^1]);
            Assert.Equal(row.Response, tokenizer.Decode(example.Ids[example.LabelStart..]));
            Assert.EndsWith("### Response:", tokenizer.Decode(example.Ids[..example.LabelStart]));
        }
    }
}
