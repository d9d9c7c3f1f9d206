using NoraPipelines.Chat;
using NoraPipelines.Data;
using NoraPipelines.Plans;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Data;

/// <summary>What a row of a conversation holds beside roles and contents: used, refused or told.</summary>
public sealed class ChatFieldTests : IDisposable
{
    private static readonly TextTokenizer Tokenizer = TinyTokenizer.Instance;
    private static readonly ChatTemplate Template = ChatTemplate.Of(
        "{% if tools %}{{ tools | tojson }}{% endif %}{{ note }}{% for m in messages %}{% if m.role != 'critic' %}[{{ m.role }}]"
        + "{% if m.thinking %}({{ m.thinking }}){% endif %}{{ m.content }}{% for call in m.tool_calls %}<{{ call.function.name }}>{% endfor %}</s>{% endif %}{% endfor %}"
        + "{% if add_generation_prompt %}[assistant]{% endif %}", "test", new Dictionary<string, string>());

    private readonly WrittenFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[{"function":{"name":"f"}}]}]}""", "<f>")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"function":{"name":"f"}}]}]}""", "<f>")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"","function_call":{"name":"f","arguments":"{}"}}]}""", "<f>")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","thinking":"c"}]}""", "(c)b")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"text","text":"b"},"c"]}]}""", "bc")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","tool_calls":null,"name":null,"thinking":""}]}""", "b")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","from":"gpt","content":null,"value":"b"}]}""", "b")]
    [InlineData("""{"conversations":[{"from":"human","value":"a"},{"from":"function_call","value":"f()"},{"from":"observation","value":"1"},{"from":"gpt","value":"b"}]}""", "f()|b")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":0},{"role":"user","content":"c"},{"role":"assistant","content":"d","weight":1}]}""", "d")]
    [InlineData("""{"messages":[{"role":"user","content":"a","train":false},{"role":"assistant","content":"b","train":true},{"role":"user","content":"c"},{"role":"assistant","content":"d","train":false}]}""", "b")]
    public void What_is_learnt_is_what_row_and_template_say(string row, string expected)
    {
        var example = Encoder(LossOn.Response).EncodeAll(Read(row))[0];

        Assert.Equal(expected, string.Join('|', Learnt(example)));
    }

    [Fact]
    public void A_message_of_weight_0_is_not_learnt_where_everything_else_is()
    {
        var example = Encoder(LossOn.All).EncodeAll(Read(
            """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":0},{"role":"user","content":"c"}]}"""))[0];

        Assert.Equal("[user]a</s>[assistant]b</s>[user]c</s>", Tokenizer.Decode(example.Ids, skipSpecialTokens: false));
        Assert.Equal("user]a</s>[assistant]|[user]c", string.Join('|', Learnt(example)));
    }

    [Fact]
    public void Tools_documents_and_the_system_s_text_come_from_columns_of_their_own()
    {
        var read = Read("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"system":"s","tools":"[{\"name\":\"f\"}]","chat_template_kwargs":{"note":"!"}}""");

        Assert.Equal("[{\"name\": \"f\"}]![system]s</s>[user]a</s>[assistant]b</s>", Tokenizer.Decode(Encoder(LossOn.Response).Encode(read[0]).Ids, skipSpecialTokens: false));
        Assert.EndsWith("[user]a</s>[assistant]", new ChatFrame(Template).Prompt(read[0]));
        Assert.StartsWith("[{\"name\": \"f\"}]![system]s", new ChatFrame(Template).Prompt(read[0]));
    }

    [Fact]
    public void What_nothing_reads_is_told_once_with_the_number_of_rows()
    {
        var row = """{"id":1,"messages":[{"role":"critic","content":"x"},{"role":"user","content":"a","when":3},{"role":"assistant","content":"b","when":4}],"documents":[{"text":"d"}]}""";
        var report = Encoder(LossOn.Response).EncodeAll([.. Read(row), .. Read("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""")]).Report;

        Assert.Equal(["Not read: the column `id` (1 of 2 rows), the messages' field `when` (1 of 2 rows), the row's `documents` (1 of 2 rows), what the role `critic` says (1 of 2 rows)."],
            report.Warnings());
    }

    [Fact]
    public void A_field_that_the_template_names_for_something_else_is_told()
    {
        var row = """{"messages":[{"role":"user","content":"a","name":"bob"},{"role":"assistant","content":"b","thinking":"c"}]}""";

        Assert.Equal(["Not read: the messages' field `name` (1 of 1 rows)."], Encoder(LossOn.Response).EncodeAll(Read(row)).Report.Warnings());
    }

    [Fact]
    public void A_thought_that_the_template_drops_from_earlier_turns_is_read()
    {
        var template = ChatTemplate.Of("{% for m in messages %}[{{ m.role }}]{% if loop.last and m.thinking %}({{ m.thinking }}){% endif %}{{ m.content }}</s>{% endfor %}"
            + "{% if add_generation_prompt %}[assistant]{% endif %}", "test", new Dictionary<string, string>());
        var messages = Read("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","thinking":"c"},{"role":"user","content":"d"}]}""")[0].Messages!;

        Assert.True(template.Uses(messages, 1, "thinking"));
        Assert.False(template.Uses(messages, 1, "name"));
    }

    [Fact]
    public void Calls_that_the_template_does_not_write_are_refused()
    {
        var plain = ChatTemplate.Of("{% for m in messages %}[{{ m.role }}]{{ m.content }}</s>{% endfor %}", "test", new Dictionary<string, string>());
        var rows = Read("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f"}}]}]}""");

        Assert.Contains("Row 1 of the data set: message 2 has `tool_calls`, which the chat template does not write",
            Assert.Throws<DataException>(() => new ChatEncoder(Tokenizer, plain, 200, LossOn.Response).EncodeAll(rows)).Message);
        Assert.Contains("which the chat template does not write", Assert.Throws<DataException>(() => new ChatFrame(plain).Prompt(rows[0] with
        {
            Messages = [.. rows[0].Messages!, new ChatMessage("user", "c"), new ChatMessage("assistant", "d")],
        })).Message);
        Assert.Contains("it calls a tool", Assert.Throws<DataException>(() => new ChatFrame(Template).Reference(rows[0])).Message);
    }

    [Fact]
    public void Calls_and_contents_that_the_template_drops_for_each_other_are_refused_and_told()
    {
        // DeepSeek-V3 writes calls only beside a content that is none, Llama 3.1 calls and no content.
        var either = ChatTemplate.Of("{% for m in messages %}[{{ m.role }}]{% if m.content is not none %}{{ m.content }}{% else %}<{{ m.tool_calls[0].function.name }}>{% endif %}</s>{% endfor %}"
            + "{% if add_generation_prompt %}[assistant]{% endif %}", "t", new Dictionary<string, string>());
        var calls = ChatTemplate.Of("{% for m in messages %}[{{ m.role }}]{% if m.tool_calls %}<{{ m.tool_calls[0].function.name }}>{% else %}{{ m.content }}{% endif %}</s>{% endfor %}"
            + "{% if add_generation_prompt %}[assistant]{% endif %}", "t", new Dictionary<string, string>());
        var (silent, spoken) = (Row("\"\""), Row("\"b\""));

        Assert.Equal("<f>", string.Join('|', Learnt(new ChatEncoder(Tokenizer, either, 200, LossOn.Response).EncodeAll(Read(Row("null")))[0])));
        foreach (var row in (string[])[silent, spoken])
        {
            Assert.Contains("message 2 has `tool_calls`, which the chat template reads and does not write here",
                Assert.Throws<DataException>(() => new ChatEncoder(Tokenizer, either, 200, LossOn.Response).EncodeAll(Read(row))).Message);
        }
        Assert.Equal(["Not read: the `content` beside `tool_calls` (1 of 2 rows)."],
            new ChatEncoder(Tokenizer, calls, 200, LossOn.Response).EncodeAll([.. Read(silent), .. Read(spoken)]).Report.Warnings());

        static string Row(string content) => """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":CONTENT,"tool_calls":[{"function":{"name":"f"}}]}]}""".Replace("CONTENT", content);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a","weight":0.5}]}""", "message 2: `weight` is 0.5; expected 1 (learnt) or 0 (not learnt).")]
    [InlineData("""{"messages":[{"role":"user","content":"q","weight":1},{"role":"assistant","content":"a"}]}""", "message 1: it is the role `user`'s and to be learnt")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":"x"}]},{"role":"assistant","content":"a"}]}""", "message 1: `content` has a part of the type `image_url`")]
    [InlineData("""{"messages":[{"role":"tool","content":null},{"role":"assistant","content":"a"}]}""", "message 1: there is no text `content`")]
    [InlineData("""{"messages":[{"role":"assistant","content":"a"}],"tools":"none"}""", "the column `tools` is a text that is no JSON")]
    [InlineData("""{"messages":[{"role":"assistant","content":"a"}],"tools":{"a":1}}""", "the column `tools` is no list of objects")]
    [InlineData("""{"messages":[{"role":"assistant","content":"a","thinking":["\ud800"]}]}""", "half of a surrogate pair")]
    [InlineData("""{"messages":[{"role":"system","content":"s"},{"role":"assistant","content":"a"}],"system":"t"}""", "are both the system's")]
    [InlineData("""{"messages":[{"role":"user","content":"q","value":"other"},{"role":"assistant","content":"a"}]}""", "message 1: there are both `content` and `value`, and they differ")]
    [InlineData("""{"messages":[{"role":"user","from":"gpt","content":"q"},{"role":"assistant","content":"a"}]}""", "message 1: `role` is `user` and `from` is `gpt`")]
    public void What_is_not_supported_is_refused_with_its_line(string row, string expected)
    {
        var message = Assert.Throws<DataException>(() => Read(row)).Message;

        Assert.Contains("row.jsonl:1: ", message);
        Assert.Contains(expected, message);
    }

    [Fact]
    public void Rows_without_anything_to_learn_are_counted_by_themselves_and_refused_where_none_is_left()
    {
        var row = """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":WEIGHT}]}""";
        var (silent, learnt) = (Read(row.Replace("WEIGHT", "0")), Read(row.Replace("WEIGHT", "1")));

        Assert.StartsWith("2 rows: 1 left out (nothing in them is to be learnt), 0 left out, 0 cut; ", Encoder(LossOn.Response).EncodeAll([.. silent, .. learnt]).Report.Describe());
        Assert.Contains("nothing in them is to be learnt", Assert.Throws<DataException>(() => Encoder(LossOn.Response).EncodeAll(silent)).Message);
    }

    private static ChatEncoder Encoder(LossOn lossOn) => new(Tokenizer, Template, 400, lossOn);

    private IReadOnlyList<Example> Read(string row) => ExampleReader.Read(_files.Write("row.jsonl", row), new ColumnMap());

    /// <summary>Each stretch of labels as text, without the end token.</summary>
    private static IEnumerable<string> Learnt(TokenizedExample example)
    {
        var stretch = new List<int>();
        for (var place = 0; place <= example.Ids.Length; place++)
        {
            if (place < example.Ids.Length && example.IsLabel(place)) stretch.Add(example.Ids[place]);
            else if (stretch.Count > 0)
            {
                yield return Tokenizer.Decode(stretch[^1] == Tokenizer.EndId ? stretch[..^1] : stretch, skipSpecialTokens: false);
                stretch = [];
            }
        }
    }
}
