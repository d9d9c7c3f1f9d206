using System.Text;
using CsCheck;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

public class UnicodeNormalizerTests
{
    private static AlignedText Normalize(NormalizationForm form, string text) =>
        new UnicodeNormalizer(form).Normalize(AlignedText.Original(text, 0, text.Length));

    /// <summary>From the examples of Unicode Standard Annex 15 and NormalizationTest.txt.</summary>
    [Theory]
    [InlineData("\u00C5", "\u00C5", "A\u030A", "\u00C5", "A\u030A")]
    [InlineData("\u212B", "\u00C5", "A\u030A", "\u00C5", "A\u030A")] // ångström sign
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E69", "s\u0323\u0307")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307", "q\u0323\u0307", "q\u0323\u0307", "q\u0323\u0307")]
    [InlineData("d\u0323\u0307", "\u1E0D\u0307", "d\u0323\u0307", "\u1E0D\u0307", "d\u0323\u0307")]
    [InlineData("\uFB01 \u2460 \u33A9", "\uFB01 \u2460 \u33A9", "\uFB01 \u2460 \u33A9", "fi 1 Pa", "fi 1 Pa")]
    [InlineData("\uD55C\u1112\u1161\u11AB", "\uD55C\uD55C", "\u1112\u1161\u11AB\u1112\u1161\u11AB", "\uD55C\uD55C", "\u1112\u1161\u11AB\u1112\u1161\u11AB")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")] // excluded from composition
    [InlineData("\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    [InlineData("\u0061\u0300\u0315\u05AE\u0300", "\u00E0\u05AE\u0300\u0315", "\u0061\u05AE\u0300\u0300\u0315", "\u00E0\u05AE\u0300\u0315", "\u0061\u05AE\u0300\u0300\u0315")]
    public void The_four_forms_are_as_published(string text, string c, string d, string kc, string kd)
    {
        Assert.Equal(c, Normalize(NormalizationForm.FormC, text).Text);
        Assert.Equal(d, Normalize(NormalizationForm.FormD, text).Text);
        Assert.Equal(kc, Normalize(NormalizationForm.FormKC, text).Text);
        Assert.Equal(kd, Normalize(NormalizationForm.FormKD, text).Text);
    }

    [Fact]
    public void Every_character_composes_back_to_what_its_decomposition_is()
    {
        var changed = 0;
        for (var codePoint = 0; codePoint < 0x110000; codePoint++)
        {
            if (codePoint is >= 0xD800 and < 0xE000) continue;
            var text = char.ConvertFromUtf32(codePoint);
            var decomposed = Normalize(NormalizationForm.FormD, text).Text;
            if (decomposed == text) continue;
            var composed = Normalize(NormalizationForm.FormC, text).Text;
            Assert.Equal(composed, Normalize(NormalizationForm.FormC, decomposed).Text);
            Assert.Equal(decomposed, Normalize(NormalizationForm.FormD, composed).Text);
            changed++;
        }
        Assert.Equal(2061 + 11172, changed); // canonical mappings of Unicode 14, and Hangul syllables
    }

    [Fact]
    public void Every_character_keeps_a_range_of_the_original_that_never_goes_back()
    {
        var runes = Gen.OneOf(Gen.Int[0x20, 0x7E], Gen.Int[0xC0, 0x17F], Gen.Int[0x300, 0x345], Gen.Int[0x1100, 0x11FF], Gen.Int[0xAC00, 0xAD00], Gen.Int[0x1E00, 0x1FFF])
            .Select(char.ConvertFromUtf32).Array[0, 12].Select(string.Concat);
        runes.Sample(text =>
        {
            foreach (var form in Enum.GetValues<NormalizationForm>())
            {
                var result = Normalize(form, text);
                Assert.Equal(result.Text, Normalize(form, result.Text).Text);
                for (var i = 0; i < result.Length; i++)
                {
                    Assert.InRange(result.Starts[i], i == 0 ? 0 : result.Starts[i - 1], result.Ends[i]);
                    Assert.InRange(result.Ends[i], i == 0 ? 0 : result.Ends[i - 1], text.Length);
                }
            }
        }, iter: 2000);
    }

    [Fact]
    public void A_composed_letter_stands_for_its_base_and_its_mark()
    {
        var result = Normalize(NormalizationForm.FormC, "xe\u0301y");
        Assert.Equal("xéy", result.Text);
        Assert.Equal([0, 1, 3], result.Starts);
        Assert.Equal([1, 3, 4], result.Ends);
    }
}
