using System.Diagnostics;
using System.Text.RegularExpressions;

namespace NoraPipelines.Tokenization;

/// <summary>
/// A regular expression or a literal of a tokenizer file, matched by code points: a surrogate pair is seen as one character of its
/// category, as in the reference, not as two surrogates, which no class like \p{L} contains.
/// </summary>
internal sealed class TextPattern
{
    /// <summary>A single match may take this long; a sane pattern needs microseconds.</summary>
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(2);

    /// <summary>All matches in one text may take this long, and a second more for each million characters.</summary>
    private static readonly TimeSpan TotalTimeout = TimeSpan.FromSeconds(5);

    private readonly Regex _regex;
    private readonly string _source;
    private readonly bool _literal;

    private TextPattern(Regex regex, string source, bool literal) => (_regex, _source, _literal) = (regex, source, literal);

    public static TextPattern Literal(string literal) =>
        new(new Regex(Regex.Escape(literal), RegexOptions.CultureInvariant, MatchTimeout), literal, literal: true);

    /// <param name="pattern">In Oniguruma's syntax, as the reference reads it; what .NET reads otherwise is translated.</param>
    /// <param name="found">Builds the exception for a pattern that cannot be used, from what is wrong with it.</param>
    public static TextPattern Expression(string pattern, Func<string, Exception, TokenizerException> found)
    {
        try
        {
            var options = RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Compiled;
            return new TextPattern(new Regex(OnigurumaSyntax.Translate(pattern), options, MatchTimeout), pattern, literal: false);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw found(e.Message, e);
        }
    }

    /// <summary>The matches in the text in order, as ranges of its characters; empty matches are left out.</summary>
    /// <exception cref="TokenizerException">The pattern takes too long on this text.</exception>
    public List<(int Start, int Length)> Matches(ReadOnlySpan<char> text)
    {
        var matches = new List<(int, int)>();
        var positions = _literal ? null : CodePointProxies.Replace(ref text);
        var clock = Stopwatch.StartNew();
        var limit = TotalTimeout + TimeSpan.FromSeconds(text.Length / 1e6);
        try
        {
            foreach (var match in _regex.EnumerateMatches(text))
            {
                if (clock.Elapsed > limit) throw TooSlow(text.Length, null);
                if (match.Length == 0) continue;
                var (start, end) = (match.Index, match.Index + match.Length);
                if (positions is not null) (start, end) = (positions[start], positions[end]);
                matches.Add((start, end - start));
            }
        }
        catch (RegexMatchTimeoutException e)
        {
            throw TooSlow(text.Length, e);
        }
        return matches;
    }

    private TokenizerException TooSlow(int length, Exception? inner) => new(
        $"The tokenizer's pattern \"{_source}\" takes more than {MatchTimeout.TotalSeconds:0} s a match or {TotalTimeout.TotalSeconds:0} s "
        + $"in all on a text of {length:N0} characters; expected microseconds. It backtracks without end on this text: correct the pattern "
        + "in tokenizer.json, or leave the text out.", inner);
}
