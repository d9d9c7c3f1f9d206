using NoraPipelines.Chat;
using NoraPipelines.Data;
using NoraPipelines.Tests.Data;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Chat;

public class ChatTurnEndTests
{
    private static readonly TextTokenizer Tokenizer = TinyTokenizer.Instance;

    [Theory]
    [InlineData("{% for m in messages %}<s>{{ m.role + '\\n' + m.content }}<pad>\\n{% endfor %}{% if add_generation_prompt %}<s>assistant\\n{% endif %}", "<pad>")] // chatml's way
    [InlineData("{% for m in messages %}{{ m.role + ': ' + m.content }}{% if m.role == 'assistant' %}<pad>{% endif %}{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}", "<pad>")]
    [InlineData("{% for m in messages %}{{ m.role + ': ' + m.content + '\\n' }}{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}", null)]
    [InlineData("{% for m in messages %}{{ m.role + ': ' + m.content }}</s>{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}", null)] // the text's own end
    [InlineData("{% for m in messages %}{{ m.role + ': ' + m.content }}<pad>\\n{% endfor %}{% if add_generation_prompt %}assistant: {% else %}</s>{% endif %}", "<pad>")] // Phi-3's way
    [InlineData("<s>{% for m in messages %}{{ m.role + ': ' + m.content }}<pad>{% endfor %}assistant: ", "<pad>")] // unasked
    [InlineData("{% for m in messages %}{{ m.role + ': ' + m.content }}{% if not loop.last %}<pad>{% endif %}{% endfor %}{% if add_generation_prompt %}<pad>assistant: {% endif %}", "<pad>")] // the last turn open
    [InlineData("{{ raise_exception('no') }}", null)]
    public void An_answer_also_ends_at_the_marker_that_the_template_ends_a_turn_with(string template, string? marker)
    {
        int[] expected = [.. Tokenizer.EndIds, .. marker is null ? [] : Tokenizer.Encode(marker, addSpecialTokens: false)];
        IPromptFrame frame = new ChatFrame(ChatTemplate.Of(template.Replace("\\n", "\n"), "test", new Dictionary<string, string>()));
        Assert.Equal(expected, frame.EndIds(Tokenizer));
        Assert.Equal(Tokenizer.EndIds.Count + (marker is null ? 0 : 1), expected.Length);
    }
}
