using System.Text.Json;
using NoraPipelines.Chat;

namespace NoraPipelines.Tests.Chat;

/// <summary>What is learnt of a conversation under templates as models publish them, those among them that write a turn in several ways.</summary>
public sealed class AssistantTurnTests
{
    private static readonly JsonElement Cases = TemplateCases.Read("turn-templates.json");
    private static readonly ChatMessage[] Talk = [new("user", "one"), new("assistant", "two"), new("user", "three"), new("assistant", "four")];
    private static readonly ChatMessage[] Called =
    [
        new("user", "one"),
        new("assistant", "") { Fields = Fields("""{ "content": null, "tool_calls": [{ "id": "c1", "type": "function", "function": { "name": "weather", "arguments": { "city": "Bern" } } }] }""") },
        new("tool", "12"),
        new("assistant", "four"),
    ];

    public static TheoryData<string> Names => [.. Cases.EnumerateArray().Select(Name)];

    public static TheoryData<string> WithCalls => With("calls");

    public static TheoryData<string> WithLastCalls => With("lastCall");

    public static TheoryData<string> WithRows => With("row");

    [Theory]
    [MemberData(nameof(Names))]
    public void A_turn_ends_at_its_own_end(string template) => Assert.Equal(Expected(template, "talk"), Turns(Template(template), Talk));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_turn_in_the_middle_is_the_same_where_the_conversation_ends_with_a_question(string template) =>
        Assert.Equal(Expected(template, "talk")[..1], Turns(Template(template), Talk[..3]));

    [Theory]
    [MemberData(nameof(WithCalls))]
    public void Calls_of_tools_are_what_the_assistant_says(string template) => Assert.Equal(Expected(template, "calls"), Turns(Template(template), Called));

    [Theory]
    [MemberData(nameof(WithLastCalls))]
    public void A_call_that_ends_the_conversation_has_its_end(string template) =>
        Assert.Equal([Case(template).GetProperty("lastCall").GetString()!], Turns(Template(template), Called[..2]));

    [Theory]
    [MemberData(nameof(WithRows))]
    public void Two_turns_of_the_assistant_in_a_row_share_nothing(string template) =>
        Assert.Equal(Expected(template, "row"), Turns(Template(template), [.. Talk[..2], new("assistant", "three"), new("user", "four"), new("assistant", "five")]));

    [Theory]
    [InlineData("mistral-v0.3", "[TOOL_CALLS] [{\"name\": \"weather\", \"arguments\": {\"city\": \"Bern\"}, \"id\": \"c12345678\"}]</s>", " four</s>")] // moves the system's text to the last question
    [InlineData("a thought in the last answer alone", "<think></think><call>weather</call><|end|>", "<think></think>four<|end|>")] // drops the thoughts before it
    public void A_turn_opens_alike_where_what_came_before_is_written_otherwise(string template, string call, string answer)
    {
        ChatMessage[] asked = [Talk[0], Called[1] with { Fields = Fields("""
            { "content": null, "reasoning_content": "so", "tool_calls": [{ "id": "c12345678", "type": "function", "function": { "name": "weather", "arguments": { "city": "Bern" } } }] }
            """) }, new("tool", "12") { Fields = Fields("""{ "tool_call_id": "c12345678" }""") }, Called[3]];
        Assert.Equal([call, answer, call, answer], Turns(Template(template), [new("system", "zero"), .. asked, .. asked]));
    }

    [Fact]
    public void A_turn_of_which_nothing_is_written_is_not_guessed_at()
    {
        var silent = ChatTemplate.Of("{% for m in messages %}{% if m.content %}<|{{ m.role }}|>{{ m.content }}{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}", "t", NoTokens);

        Assert.Contains("message 2 cannot be told from the rest",
            Assert.Throws<ChatTemplateException>(() => silent.RenderForTraining([Talk[0], new("assistant", ""), .. Talk[2..]])).Message);
    }

    [Fact]
    public void A_thought_is_learnt_where_the_template_writes_it_and_nowhere_else()
    {
        ChatMessage[] talk = [new("user", "one"), Thought("two"), new("user", "three"), Thought("four")];
        Assert.Equal(["two<|im_end|>", "<think>\nso\n</think>\n\nfour<|im_end|>"], Turns(Template("qwen3"), talk));

        static ChatMessage Thought(string said) => new("assistant", said) { Fields = Fields("""{ "reasoning_content": "so" }""") };
    }

    [Fact]
    public void A_template_sees_the_tools_of_the_row()
    {
        var tools = Fields("""{ "tools": [{ "type": "function", "function": { "name": "weather" } }] }""");
        Assert.Contains("<tools>\n{\"type\": \"function\", \"function\": {\"name\": \"weather\"}}\n</tools>", Template("qwen3").Render(Talk, false, tools));
    }

    [Theory]
    [InlineData("gemma-3", "<start_of_turn>user\nAB<end_of_turn>\n")] // reads parts
    [InlineData("qwen2.5", "<|im_start|>user\nAB<|im_end|>\n")] // adds texts, so it gets one
    [InlineData("smolvlm", "User: AB<end_of_utterance>\n")] // reads nothing but parts
    public void A_content_of_text_parts_is_written_by_every_template(string template, string expected)
    {
        var parts = new ChatMessage("user", "AB") { Fields = Fields("""{ "content": [{ "type": "text", "text": "A" }, { "type": "text", "text": "B" }] }""") };
        Assert.EndsWith(expected, Template(template).Render([parts], false));
    }

    [Fact]
    public void No_content_is_none_to_a_template_that_can_write_it_and_else_an_empty_text()
    {
        var none = ChatTemplate.Of("{% for m in messages %}{{ 'none' if m.content is none else m.content }}{% endfor %}", "t", NoTokens);
        var adds = ChatTemplate.Of("{% for m in messages %}{{ '[' + m.content + ']' }}{% endfor %}", "t", NoTokens);
        var writes = ChatTemplate.Of("{% for m in messages %}[{{ m.content }}]{% endfor %}", "t", NoTokens);

        Assert.Equal("none", none.Render(Called[1..2], false));
        Assert.Equal("[]", adds.Render(Called[1..2], false));
        Assert.Equal("[]", writes.Render(Called[1..2], false));
    }

    [Theory]
    [InlineData("{{ bos_token }}x")]
    [InlineData("{{ 'x' + eos_token }}")]
    [InlineData("{{ 'x' ~ eos_token }}")]
    public void A_special_token_that_no_file_names_is_not_written_as_nothing(string source)
    {
        var refused = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Of(source, "t", NoTokens).Render(Talk, false));
        Assert.Contains("_token`, which no file of the model's folder names: name it in tokenizer_config.json", refused.Message);
    }

    [Theory]
    [InlineData("{% if bos_token is defined %}{{ bos_token }}{% endif %}x")]
    [InlineData("{{ bos_token or '' }}x")]
    [InlineData("{{ nothing }}x")]
    public void What_else_is_undefined_writes_nothing(string source) =>
        Assert.Equal("x", ChatTemplate.Of(source, "t", NoTokens).Render(Talk, false));

    private static Dictionary<string, string> NoTokens => [];

    private static string[] Turns(ChatTemplate template, ChatMessage[] talk)
    {
        var rendered = template.RenderForTraining(talk);
        return [.. rendered.AssistantSpans.Select(span => rendered.Text[span.Start..span.End].TrimEnd())]; // white space after the end is never learnt
    }

    private static JsonElement Case(string name) => Cases.EnumerateArray().Single(item => Name(item) == name);

    private static string[] Expected(string name, string conversation) =>
        [.. Case(name).GetProperty(conversation).EnumerateArray().Select(turn => turn.GetString()!)];

    private static ChatTemplate Template(string name)
    {
        var found = Case(name);
        var tokens = new Dictionary<string, string> { ["bos_token"] = found.GetProperty("bos").GetString()!, ["eos_token"] = found.GetProperty("eos").GetString()! };
        return ChatTemplate.Of(found.GetProperty("source").GetString()!, name, tokens);
    }

    private static TheoryData<string> With(string conversation) =>
        [.. Cases.EnumerateArray().Where(item => item.TryGetProperty(conversation, out _)).Select(Name)];

    private static string Name(JsonElement item) => item.GetProperty("name").GetString()!;

    private static Dictionary<string, JsonElement> Fields(string json) => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;
}
