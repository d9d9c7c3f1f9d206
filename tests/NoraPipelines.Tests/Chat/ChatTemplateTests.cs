using System.Text.Json;
using NoraPipelines.Chat;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Chat;

public sealed class ChatTemplateTests : IDisposable
{
    private static readonly JsonElement Cases = TemplateCases.Read("published-templates.json");
    private static readonly ChatMessage[] Question = [new("user", "hi")];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public static TheoryData<string, string, bool> Rendered
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (var item in Cases.GetProperty("rendered").EnumerateArray())
                data.Add(Text(item, "template"), Text(item, "conversation"), item.GetProperty("prompt").GetBoolean());
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Rendered))]
    public void A_published_template_renders_as_Jinja2_renders_it(string template, string conversation, bool prompt)
    {
        var expected = Cases.GetProperty("rendered").EnumerateArray().Single(item => Text(item, "template") == template
            && Text(item, "conversation") == conversation && item.GetProperty("prompt").GetBoolean() == prompt).GetProperty("text").GetString();

        if (expected is null)
            Assert.Contains("refuses these messages", Assert.Throws<ChatTemplateException>(() => Template(template).Render(Conversation(conversation), prompt)).Message);
        else
            Assert.Equal(expected, Template(template).Render(Conversation(conversation), prompt));
    }

    [Theory]
    [InlineData("chatml", "one turn", "I'm doing great. How can I help you today?<|im_end|>\n")]
    [InlineData("llama-2", "one turn", " I'm doing great. How can I help you today? </s>")]
    [InlineData("llama-3", "one turn", "I'm doing great. How can I help you today?<|eot_id|>")]
    [InlineData("mistral-v0.1", "one turn", "I'm doing great. How can I help you today?</s> ")]
    [InlineData("gemma", "two turns", "I'm doing great.<end_of_turn>\n|Here: {{ braces }} and <|im_end|><end_of_turn>\n")]
    [InlineData("qwen2", "two turns", " I'm doing great.\n<|im_end|>\n|Here: {{ braces }} and <|im_end|><|im_end|>\n")]
    [InlineData("qwen1.5", "two turns", " I'm doing great.\n<|im_end|>|Here: {{ braces }} and <|im_end|>")]
    [InlineData("zephyr", "two turns", " I'm doing great.\n</s>\n|Here: {{ braces }} and <|im_end|></s>\n")]
    [InlineData("vicuna", "two turns", " I'm doing great.</s>| Here: {{ braces }} and <|im_end|></s>")]
    [InlineData("mistral-nemo", "two turns", " I'm doing great.\n</s>|Here: {{ braces }} and <|im_end|></s>")]
    [InlineData("llama-3.1", "system", "Arr, none.<|eot_id|>")]
    public void What_the_assistant_says_is_found_with_the_end_of_its_turn(string template, string conversation, string expected)
    {
        var rendered = Template(template).RenderForTraining(Conversation(conversation));

        Assert.Equal(expected, string.Join('|', rendered.AssistantSpans.Select(span => rendered.Text[span.Start..span.End])));
    }

    [Fact]
    public void Generation_blocks_say_what_the_assistant_says()
    {
        var template = ChatTemplate.Of("{% for m in messages %}[{{ m.role }}]{% if m.role == 'assistant' %}{% generation %}{{ m.content }}!{% endgeneration %}"
            + "{% else %}{{ m.content }}{% endif %}{% endfor %}", "here", new Dictionary<string, string>());

        var rendered = template.RenderForTraining([new("user", "a"), new("assistant", "b"), new("user", "c"), new("assistant", "d")]);

        Assert.Equal("[user]a[assistant]b![user]c[assistant]d!", rendered.Text);
        Assert.Equal(["b!", "d!"], rendered.AssistantSpans.Select(span => rendered.Text[span.Start..span.End]));
    }

    [Fact]
    public void A_template_that_hides_what_was_said_is_not_guessed_at()
    {
        var template = ChatTemplate.Of("{% for m in messages %}{% if m.role == 'user' or loop.last %}{{ m.role }}: {{ m.content }}\n{% endif %}{% endfor %}",
            "t.jinja", new Dictionary<string, string>());

        var refused = Assert.Throws<ChatTemplateException>(() =>
            template.RenderForTraining([new("user", "a"), new("assistant", "b"), new("user", "c"), new("assistant", "d")]));

        Assert.Contains("message 2 cannot be told from the rest", refused.Message);
    }

    [Theory]
    [InlineData("""{ "bos_token": "<s>", "chat_template": "{{ bos_token }}{{ messages[0].content }}" }""", "<s>hi")]
    [InlineData("""{ "bos_token": { "content": "<s>" }, "chat_template": [{ "name": "tool_use", "template": "no" }, { "name": "default", "template": "{{ bos_token }}x" }] }""", "<s>x")]
    public void A_folder_names_its_template(string config, string expected)
    {
        Write("tokenizer_config.json", config);

        Assert.Equal(expected, Load().Render(Question, false));
    }

    [Fact]
    public void A_template_of_its_own_file_comes_first()
    {
        Write("tokenizer_config.json", """{ "eos_token": "</s>", "chat_template": "config" }""");
        Write("chat_template.jinja", "file{{ eos_token }}\n");

        Assert.Equal("file</s>", Load().Render(Question, false));
    }

    [Theory]
    [InlineData("{}", "has no chat template")]
    [InlineData("""{ "chat_template": 3 }""", "is 3, expected a text")]
    [InlineData("""{ "chat_template": [{ "name": "rag", "template": "x" }] }""", "no template named \"default\"; found: rag")]
    [InlineData("""{ "chat_template": """, "is not valid JSON")]
    [InlineData("""{ "chat_template": "x", "chat_template": "y" }""", "is not valid JSON")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "git-LFS pointer")]
    [InlineData("""[ "chat_template" ]""", "holds Array, expected a JSON object")]
    [InlineData("""{ "chat_template": "\ud800" }""", "half of a surrogate pair")]
    [InlineData("""{ "chat_template": "{% if %}" }""", "line 1: expected a value, found `%}`")]
    public void A_folder_without_a_template_that_can_be_used_is_answered(string config, string expected)
    {
        Write("tokenizer_config.json", config);

        Assert.Contains(expected, Assert.Throws<ChatTemplateException>(LoadWithoutNames).Message);
    }

    private ChatTemplate Load() =>
        ChatTemplate.Load(_folder.FullName, FolderTokens.Read(_folder.FullName).Named.ToDictionary(named => named.Key, named => named.Value?.Content));

    private ChatTemplate LoadWithoutNames() => ChatTemplate.Load(_folder.FullName, new Dictionary<string, string?>());

    [Fact]
    public void A_link_that_leaves_the_folder_is_not_followed()
    {
        var outside = Directory.CreateTempSubdirectory();
        try
        {
            var secret = Path.Combine(outside.FullName, "secret");
            File.WriteAllText(secret, "of another");
            File.CreateSymbolicLink(Path.Combine(_folder.FullName, "chat_template.jinja"), secret);

            Assert.Contains("outside the folder", Assert.Throws<ChatTemplateException>(LoadWithoutNames).Message);
        }
        finally
        {
            outside.Delete(recursive: true);
        }
    }

    [Fact]
    public void Today_is_what_the_clock_says()
    {
        var template = ChatTemplate.Of("{{ strftime_now('%d %b %Y, %A %-d.%m.%y %H:%M') }}", "here", new Dictionary<string, string>(), new FixedDay());

        Assert.Equal("04 Jul 2026, Saturday 4.07.26 09:05", template.Render(Question, false));
    }

    /// <summary>The moment that the cases were rendered at.</summary>
    private sealed class FixedDay : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2026, 7, 4, 9, 5, 3, TimeSpan.Zero);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static ChatTemplate Template(string name)
    {
        var template = Cases.GetProperty("templates").GetProperty(name);
        var tokens = new Dictionary<string, string> { ["bos_token"] = Text(template, "bos"), ["eos_token"] = Text(template, "eos") };
        return ChatTemplate.Of(Text(template, "source"), name, tokens, new FixedDay());
    }

    private static ChatMessage[] Conversation(string name) =>
        [.. Cases.GetProperty("conversations").GetProperty(name).EnumerateArray().Select(message => new ChatMessage(Text(message, "role"), Text(message, "content")))];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.FullName, name), text);
}
