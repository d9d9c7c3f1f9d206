using System.Text;

namespace NoraPipelines.Chat.Jinja;

/// <summary>
/// Cuts a template into tokens under the settings that transformers renders chat templates with: `trim_blocks` (the line break after a
/// block goes), `lstrip_blocks` (the blanks of its line before a block go), and the template's own last line break goes.
/// </summary>
internal sealed class JinjaLexer
{
    private const int LongestTemplate = 1 << 20;
    private static readonly string[] Signs =
        ["==", "!=", "<=", ">=", "//", "**", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}", ".", ",", ":", "|"];

    private readonly string _source;
    private readonly List<JinjaToken> _tokens = [];
    private int _at;
    private int _line = 1;

    private JinjaLexer(string source) => _source = source;

    /// <exception cref="JinjaException">A mark or a string is not closed, or a character has no meaning.</exception>
    public static List<JinjaToken> Read(string source)
    {
        if (source.Length > LongestTemplate)
            throw new JinjaException($"the template has {source.Length:N0} characters, expected at most {LongestTemplate:N0}.");
        source = source.Replace("\r\n", "\n").Replace('\r', '\n');
        var lexer = new JinjaLexer(source.EndsWith('\n') ? source[..^1] : source);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        var trimStart = false; // "-" at the end of the mark before
        while (_at < _source.Length)
        {
            var mark = NextMark();
            var end = mark < 0 ? _source.Length : mark;
            var text = _source[_at..end];
            var kind = mark < 0 ? '\0' : _source[mark + 1];
            var modifier = mark >= 0 && mark + 2 < _source.Length ? _source[mark + 2] : '\0';
            if (trimStart) text = text.TrimStart();
            if (modifier == '-') text = text.TrimEnd();
            else if (kind is '%' or '#' && modifier != '+') text = WithoutIndent(text, mark);
            if (text.Length > 0) _tokens.Add(new(JinjaTokenKind.Text, text, _line));
            Advance(end);
            if (mark < 0) break;
            trimStart = kind == '#' ? Comment() : Inside(kind == '{', modifier);
        }
        _tokens.Add(new(JinjaTokenKind.End, "", _line));
    }

    private int NextMark()
    {
        for (var at = _at; (at = _source.IndexOf('{', at)) >= 0 && at + 1 < _source.Length; at++)
        {
            if (_source[at + 1] is '{' or '%' or '#') return at;
        }
        return -1;
    }

    /// <summary>Blanks between the beginning of the mark's line and the mark go.</summary>
    private string WithoutIndent(string text, int mark)
    {
        var kept = text.TrimEnd(' ', '\t', '\v', '\f');
        var before = mark - (text.Length - kept.Length) - 1;
        return before < 0 || _source[before] == '\n' ? kept : text;
    }

    /// <returns>Whether white space after it goes.</returns>
    private bool Comment()
    {
        var end = _source.IndexOf("#}", _at + 2, StringComparison.Ordinal);
        if (end < 0) throw Error("a comment `{#` is not closed by `#}`");
        var trims = _source[end - 1] == '-' && end - 1 >= _at + 2;
        Advance(end + 2);
        SkipLineBreak(trims);
        return trims;
    }

    private bool Inside(bool output, char modifier)
    {
        _tokens.Add(new(output ? JinjaTokenKind.OutputBegin : JinjaTokenKind.BlockBegin, "", _line));
        Advance(_at + (modifier is '-' or '+' ? 3 : 2));
        var close = output ? "}}" : "%}";
        var depth = 0; // of (, [ and {: a dictionary may end in }}
        while (true)
        {
            while (_at < _source.Length && char.IsWhiteSpace(_source[_at])) Advance(_at + 1);
            if (_at >= _source.Length) throw Error($"the template ends where `{close}` was expected");
            var trims = _source[_at] is '-' or '+' && string.CompareOrdinal(_source, _at + 1, close, 0, 2) == 0;
            if (trims || (depth == 0 && string.CompareOrdinal(_source, _at, close, 0, 2) == 0))
            {
                var strip = _source[_at] == '-';
                var keep = _source[_at] == '+';
                _tokens.Add(new(output ? JinjaTokenKind.OutputEnd : JinjaTokenKind.BlockEnd, "", _line));
                Advance(_at + (trims ? 3 : 2));
                if (!output && !keep) SkipLineBreak(strip);
                return strip;
            }
            Token(ref depth);
        }
    }

    private void Token(ref int depth)
    {
        var letter = _source[_at];
        if (letter is '"' or '\'') Text(letter);
        else if (char.IsAsciiDigit(letter)) Number();
        else if (char.IsLetter(letter) || letter == '_')
        {
            var end = _at;
            while (end < _source.Length && (char.IsLetterOrDigit(_source[end]) || _source[end] == '_')) end++;
            Add(JinjaTokenKind.Name, end);
        }
        else
        {
            var sign = Array.Find(Signs, sign => string.CompareOrdinal(_source, _at, sign, 0, sign.Length) == 0)
                ?? throw Error($"the character `{letter}` has no meaning here");
            depth += sign is "(" or "[" or "{" ? 1 : sign is ")" or "]" or "}" ? -1 : 0;
            Add(JinjaTokenKind.Sign, _at + sign.Length);
        }
    }

    private void Number()
    {
        var end = _at;
        while (end < _source.Length && (char.IsAsciiDigit(_source[end]) || _source[end] == '_')) end++;
        var whole = end + 1 >= _source.Length || _source[end] != '.' || !char.IsAsciiDigit(_source[end + 1]);
        if (!whole)
        {
            end++;
            while (end < _source.Length && char.IsAsciiDigit(_source[end])) end++;
        }
        var exponent = end;
        if (exponent < _source.Length && _source[exponent] is 'e' or 'E') exponent++;
        if (exponent > end && exponent < _source.Length && _source[exponent] is '+' or '-') exponent++;
        if (exponent > end && exponent < _source.Length && char.IsAsciiDigit(_source[exponent]))
        {
            whole = false;
            for (end = exponent; end < _source.Length && char.IsAsciiDigit(_source[end]);) end++;
        }
        Add(whole ? JinjaTokenKind.Whole : JinjaTokenKind.Number, end);
    }

    private void Text(char quote)
    {
        var text = new StringBuilder();
        var at = _at + 1;
        for (; at < _source.Length && _source[at] != quote; at++)
        {
            if (_source[at] != '\\' || at + 1 >= _source.Length) text.Append(_source[at]);
            else JinjaEscape.Read(_source, ref at, text);
        }
        if (at >= _source.Length) throw Error("a string is not closed");
        _tokens.Add(new(JinjaTokenKind.String, text.ToString(), _line));
        Advance(at + 1);
    }

    private void Add(JinjaTokenKind kind, int end)
    {
        _tokens.Add(new(kind, _source[_at..end], _line));
        Advance(end);
    }

    private void SkipLineBreak(bool everything)
    {
        if (!everything && _at < _source.Length && _source[_at] == '\n') Advance(_at + 1);
    }

    private void Advance(int to)
    {
        _line += _source.AsSpan(_at, to - _at).Count('\n');
        _at = to;
    }

    private JinjaException Error(string problem) => new($"line {_line}: {problem}.");
}
