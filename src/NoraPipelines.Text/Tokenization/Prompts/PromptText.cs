using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace NoraPipelines.Tokenization;

/// <summary>
/// What OpenAI's clip/simple_tokenizer.py does with a text before it is cut into tokens: ftfy's repairs of characters, HTML unescaped twice, white
/// space collapsed. Of ftfy 6 (fix_text) what acts on single characters is here; its guesses at text that was decoded wrongly are not. HTML has the
/// names of HTML 4.
/// </summary>
internal static partial class PromptText
{
    private const string Ligatures = "ĲĳŉǄǅǆǇǈǉǊǋǌǱǲǳﬀﬁﬂﬃﬄﬅﬆ";

    private static readonly UnicodeNormalizer Compatible = new(NormalizationForm.FormKC);

    public static string Clean(string text)
    {
        text = Repaired(TerminalEscapes().Replace(text, ""));
        text = WebUtility.HtmlDecode(WebUtility.HtmlDecode(text));
        return WhiteSpace().Replace(text, " ").Trim();
    }

    private static string Repaired(string text)
    {
        if (Ascii.IsValid(text) && !text.Any(char.IsControl)) return text;
        var result = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (IsDropped(character)) continue;
            if (character is '\u02BC' or >= '\u2018' and <= '\u201B') result.Append('\''); // curled quotes
            else if (character is >= '\u201C' and <= '\u201F') result.Append('"');
            else if (character is '\u3000' or >= '\uFF01' and <= '\uFFEF' || Ligatures.Contains(character)) // full width, half width
                result.Append(Compatible.Normalize(AlignedText.Original(character.ToString(), 0, 1)).Text);
            else result.Append(character);
        }
        return result.ToString();
    }

    /// <summary>Control characters without a meaning in text.</summary>
    private static bool IsDropped(char character) => character is <= '\u0008' or '\u000B' or >= '\u000E' and <= '\u001F' or '\u007F'
        or >= '\u206A' and <= '\u206F' or '\uFEFF' or >= '\uFFF9' and <= '\uFFFC';

    [GeneratedRegex(@"\x1B\[[\d;]*[a-zA-Z]", RegexOptions.CultureInvariant)]
    private static partial Regex TerminalEscapes();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex WhiteSpace();
}
