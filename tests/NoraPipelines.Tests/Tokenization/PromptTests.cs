using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

public class PromptTests
{
    [Theory]
    [InlineData("a photo of a {}.", "Handstand_Pushups", "a photo of a Handstand Pushups.")]
    [InlineData("{} texture.", "{}", "{} texture.")]
    [InlineData("a {} and a {}.", "cat {0} 100%", "a cat {0} 100% and a {}.")]
    public void A_name_takes_the_first_place_of_a_template(string template, string name, string expected) =>
        Assert.Equal(expected, new PromptTemplate(template).Of(name));

    [Fact]
    public void A_template_without_a_place_is_refused() =>
        Assert.Contains("\"a photo.\" has no {}", Assert.Throws<TokenizerException>(() => new PromptTemplate("a photo.")).Message);

    [Theory]
    [InlineData("  a\t cat \n", "a cat")]
    [InlineData("caf&amp;eacute; &#39;s", "café 's")]
    [InlineData("&lt;b&gt;", "<b>")]
    [InlineData("\u201Ccat\u201D it\u2019s", "\"cat\" it's")]
    [InlineData("\uFF21\uFF22\u3000\uFB01sh", "AB fish")]
    [InlineData("a\u0007b\uFEFFc\u001B[31md", "abcd")]
    [InlineData("naïve Ω ½", "naïve Ω ½")]
    public void A_text_is_cleaned_as_the_published_tokenizer_cleans_it(string text, string expected) => Assert.Equal(expected, PromptText.Clean(text));
}
