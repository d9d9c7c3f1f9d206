using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Spec;

public class ShownTextTests
{
    [Theory]
    [InlineData("a\u001b[31mb", "a\\u001B[31mb")]
    [InlineData("\u009b2J\u0007\u007f\0", "\\u009B2J\\u0007\\u007F\\u0000")]
    [InlineData("a\tb\nc\r\nd", "a\tb\nc\r\nd")]
    [InlineData("over\rwritten\r", "over\\u000Dwritten\\u000D")]
    [InlineData("all\u202e-linear\u2066", "all\\u202E-linear\\u2066")]
    [InlineData("é 😀 \u200d", "é 😀 \u200d")]
    public void Control_characters_but_tabs_and_line_breaks_and_those_of_direction_are_shown(string text, string expected) => Assert.Equal(expected, ShownText.Of(text));

    [Fact]
    public void A_message_shortens_names_and_keeps_its_words()
    {
        var message = ShownText.Message($"tensor '{new string('x', 100_000)}' is unexpected\u001b; remove it.");

        Assert.StartsWith("tensor 'xxx", message);
        Assert.Contains("characters more)…", message);
        Assert.EndsWith("xxx' is unexpected\\u001B; remove it.", message);
        Assert.InRange(message.Length, 100, 400);
    }

    [Fact]
    public void A_message_of_many_words_ends()
    {
        Assert.InRange(ShownText.Message(string.Concat(Enumerable.Repeat("word ", 100_000))).Length, 5_000, 11_000);
        Assert.Equal("short\nlines ", ShownText.Message("short\nlines "));
    }

    [Fact]
    public void A_pair_of_surrogates_is_not_cut() =>
        Assert.DoesNotContain(ShownText.Message(string.Concat(Enumerable.Repeat("😀", 5_001)) + "a").EnumerateRunes(), rune => rune.Value == 0xFFFD);
}
