using System.Globalization;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

public class TextPatternTests
{
    private static string[] Matches(string pattern, string text) =>
        [.. TextPattern.Expression(pattern, (problem, inner) => new TokenizerException(problem, inner)).Matches(text).Select(m => text.Substring(m.Start, m.Length))];

    [Fact]
    public void Every_stand_in_has_the_category_that_it_stands_for()
    {
        foreach (var category in Enum.GetValues<UnicodeCategory>())
        {
            var isNeverBeyond = category is UnicodeCategory.Surrogate or UnicodeCategory.Control or UnicodeCategory.SpaceSeparator
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
            var expected = isNeverBeyond ? UnicodeCategory.OtherNotAssigned : category;
            Assert.Equal(expected, CharUnicodeInfo.GetUnicodeCategory(CodePointProxies.Proxy(category)));
        }
    }

    [Fact]
    public void A_pair_is_one_character_of_its_category()
    {
        Assert.Equal(["a𝒳𐐀", "b"], Matches(@"\p{L}+", "a𝒳𐐀😀b"));
        Assert.Equal(["😀😀"], Matches(@"[^\s\p{L}\p{N}]+", "x😀😀 𝟙"));
        Assert.Equal(["𝟙𝟚", "3"], Matches(@"\p{N}{1,2}", "𝟙𝟚3"));
        Assert.Equal(["😀"], Matches(".", "😀"));
    }

    [Theory]
    [InlineData(@"\w+", "na\u0308ive_x-½", "na\u0308ive_x")] // marks and connectors are of a word, other numbers are not
    [InlineData(@"[\w.]+", "a.b c", "a.b|c")]
    [InlineData(@"\W", "a ½b", " |½")]
    [InlineData(@"\x{20AC}\d", "€5", "€5")]
    [InlineData(@"^b$", "a\nb\nc", "b")] // ^ and $ at every line
    [InlineData(@"[]x]+", "a]xb", "]x")]
    [InlineData(@"\[[a\]]", "[]", "[]")]
    public void Patterns_mean_what_they_mean_in_the_reference(string pattern, string text, string matches) =>
        Assert.Equal(matches.Split('|'), Matches(pattern, text));

    [Theory]
    [InlineData("a++")]
    [InlineData("[a&&b]")]
    [InlineData("[[:alpha:]]")]
    [InlineData(@"\h")]
    [InlineData(@"[\W]")]
    [InlineData("\U0001F600")]
    [InlineData(@"\x{1F600}")]
    public void What_has_no_counterpart_is_refused(string pattern) => Assert.Throws<TokenizerException>(() => Matches(pattern, "a"));

    [Theory]
    [InlineData(SplitBehavior.Removed, "the final countdown")]
    [InlineData(SplitBehavior.Isolated, "the - final - - countdown")]
    [InlineData(SplitBehavior.MergedWithPrevious, "the- final- - countdown")]
    [InlineData(SplitBehavior.MergedWithNext, "the -final - -countdown")]
    [InlineData(SplitBehavior.Contiguous, "the - final -- countdown")]
    internal void The_five_behaviours_cut_as_in_the_formats_own_example(SplitBehavior behavior, string expected)
    {
        const string Text = "the-final--countdown";
        var pieces = new List<TextPiece>();
        new SplitPreTokenizer(TextPattern.Literal("-"), behavior, invert: false)
            .Split(new TextPiece(AlignedText.Original(Text, 0, Text.Length), 0, Text.Length), pieces);
        Assert.Equal(expected, string.Join(' ', pieces.Select(piece => piece.Characters.ToString())));
    }
}
