using NoraPipelines.Chat;

namespace NoraPipelines.Tests.Chat.Jinja;

public sealed class JinjaTests
{
    private static readonly ChatMessage[] Messages = [new("user", "hi"), new("assistant", "yo")];

    [Fact]
    public void Expressions_and_blocks_render_as_Jinja2_renders_them()
    {
        var cases = TemplateCases.Read("expressions.json").EnumerateArray().Select(item =>
            (Source: item.GetProperty("source").GetString()!, Text: item.GetProperty("text").GetString()!)).ToArray();

        Assert.All(cases, item => Assert.Equal(item.Text, Render(item.Source)));
        Assert.Equal(38, cases.Length);
    }

    [Theory]
    [InlineData("{% for i in range(1000000) %}{% for j in range(1000000) %}{% endfor %}{% endfor %}", "does not end")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "50 deep")]
    [InlineData("{{ 'x' * 10000000000 }}", "characters of text")]
    [InlineData("{% set ns = namespace(t='xxxxxxxxxxxxxxxx') %}{% for i in range(64) %}{% set ns.t = ns.t + ns.t %}{% endfor %}", "characters of text")]
    [InlineData("{{ range(10000000000) }}", "more than 1,000,000 numbers")]
    [InlineData("{{ 9223372036854775807 * 2 }}", "too large a number")]
    [InlineData("{% set a = [0] %}{% for i in range(40) %}{{ (a + a) | length }}{% endfor %}{{ ('ab' * 400000).split('a') | length }}{{ 'a'|replace('a', 'b' * 300000000) }}", "characters of text")]
    public void A_template_cannot_run_for_ever(string source, string expected) =>
        Assert.Contains(expected, Assert.Throws<ChatTemplateException>(() => Render(source)).Message);

    [Fact]
    public void A_value_of_any_depth_is_refused_or_evaluated_but_never_overflows_the_stack()
    {
        var sum = "{{ 0" + string.Concat(Enumerable.Repeat(" + 1", 60_000)) + " }}";
        var brackets = "{{ " + new string('(', 50_000) + "1" + new string(')', 50_000) + " }}";

        foreach (var source in (string[])[sum, brackets, "{{ " + string.Concat(Enumerable.Repeat("-", 50_000)) + "1 }}"])
        {
            var thrown = Record.Exception(() => Render(source));
            Assert.True(thrown is null or ChatTemplateException, thrown?.ToString());
        }
    }

    [Theory]
    [InlineData("{{ a", "line 1: the template ends where `}}` was expected")]
    [InlineData("\n{% if a %}", "line 2: expected `endif`, found the end of the template")]
    [InlineData("{% endif %}", "`endif` closes nothing")]
    [InlineData("{{ 'a }}", "line 1: a string is not closed")]
    [InlineData("{# a", "a comment `{#` is not closed")]
    [InlineData("{% include 'a' %}", "the block `include` is not supported")]
    [InlineData("{{ 1 | nope }}", "line 1: the filter `nope` is not supported")]
    [InlineData("{{ 1 is nope }}", "the test `nope` is not supported")]
    [InlineData("{{ nope() }}", "there is no function or method `nope`")]
    [InlineData("{{ a.b.c }}", "`a` is undefined and has no `b`")]
    [InlineData("{{ messages.__class__.__mro__ }}", "`__class__` is undefined")]
    [InlineData("{{ 1 / 0 }}", "divides by zero")]
    [InlineData("{{ 'a' + 1 }}", "`+` takes two numbers, texts or lists, found a text and a number")]
    [InlineData("{{ $ }}", "the character `$` has no meaning here")]
    [InlineData("{% set a.b = 1 %}", "`set` changes names and what `namespace(…)` made")]
    [InlineData("{% for a, b in [1] %}{% endfor %}", "goes over a list, a mapping or a text, found a number")]
    [InlineData("{{ [1, 'a'] | sort }}", "cannot order its items")]
    [InlineData("{{ raise_exception('No system message!') }}", "the template refuses these messages: No system message!")]
    public void A_problem_is_said_with_its_line(string source, string expected)
    {
        var message = Assert.Throws<ChatTemplateException>(() => Render(source)).Message;

        Assert.StartsWith("here: ", message);
        Assert.Contains(expected, message);
    }

    [Fact]
    public void Damaged_templates_never_crash()
    {
        var sources = TemplateCases.Read("expressions.json").EnumerateArray().Select(item => item.GetProperty("source").GetString()!).ToArray();
        var random = new Random(7);

        for (var i = 0; i < 3000; i++)
        {
            var source = sources[random.Next(sources.Length)].ToCharArray().ToList();
            for (var change = random.Next(1, 4); change > 0 && source.Count > 1; change--)
            {
                var at = random.Next(source.Count);
                if (random.Next(2) == 0) source.RemoveAt(at);
                else source[at] = "{}%#|'\"()[]:.,-+ x1"[random.Next(19)];
            }
            var thrown = Record.Exception(() => Render(string.Concat(source)));
            Assert.True(thrown is null or ChatTemplateException, $"{string.Concat(source)}: {thrown}");
        }
    }

    private static string Render(string source) => ChatTemplate.Of(source, "here", new Dictionary<string, string>()).Render(Messages, false);
}
