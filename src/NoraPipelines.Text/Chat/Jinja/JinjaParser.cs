namespace NoraPipelines.Chat.Jinja;

/// <summary>Tokens → statements, by recursive descent. Here: blocks; the other part of the class reads expressions.</summary>
internal sealed partial class JinjaParser
{
    private const int DeepestNesting = 100;
    private readonly List<JinjaToken> _tokens;
    private int _at;
    private int _depth;

    private JinjaParser(List<JinjaToken> tokens) => _tokens = tokens;

    private JinjaToken Current => _tokens[_at];

    /// <exception cref="JinjaException">The template is not of the language, or of a part that is not supported.</exception>
    public static IReadOnlyList<JinjaStatement> Parse(string source)
    {
        var parser = new JinjaParser(JinjaLexer.Read(source));
        var body = parser.Body(out var end);
        return end is null ? body : throw parser.Error($"`{end}` closes nothing");
    }

    /// <summary>The names and texts of a template's blocks and values: whatever it reads by name is among them.</summary>
    /// <exception cref="JinjaException">As for <see cref="Parse"/>.</exception>
    public static IReadOnlySet<string> Names(string source) => JinjaLexer.Read(source)
        .Where(token => token.Kind is JinjaTokenKind.Name or JinjaTokenKind.String).Select(token => token.Text).ToHashSet(StringComparer.Ordinal);

    /// <summary>Statements up to a block that ends or divides the one they are in.</summary>
    /// <param name="end">That block's name, which is passed; null at the end of the template.</param>
    private List<JinjaStatement> Body(out string? end)
    {
        Descend("blocks");
        var body = new List<JinjaStatement>();
        while (true)
        {
            var token = Next();
            switch (token.Kind)
            {
                case JinjaTokenKind.Text:
                    body.Add(new JinjaStatement.Text(token.Text));
                    break;
                case JinjaTokenKind.OutputBegin:
                    body.Add(new JinjaStatement.Output(Expression()));
                    Expect(JinjaTokenKind.OutputEnd, "}}");
                    break;
                case JinjaTokenKind.End:
                    _depth--;
                    _at--;
                    end = null;
                    return body;
                default:
                    var name = Name("the name of a block");
                    if (name is "elif" or "else" || name.StartsWith("end", StringComparison.Ordinal))
                    {
                        _depth--;
                        end = name;
                        return body;
                    }
                    body.Add(Block(name));
                    break;
            }
        }
    }

    private JinjaStatement Block(string name)
    {
        switch (name)
        {
            case "if": return If();
            case "for": return For();
            case "set": return Set();
            case "macro": return Macro();
            case "generation":
                CloseBlock();
                return new JinjaStatement.Generation(Until("endgeneration"));
            case "filter":
                var line = Current.Line;
                var filters = new List<(string, JinjaArguments)> { (Name("a filter"), OptionalArguments()) };
                while (Take("|")) filters.Add((Name("a filter"), OptionalArguments()));
                CloseBlock();
                return new JinjaStatement.Capture(null, filters, Until("endfilter"), line);
            case "break":
                CloseBlock();
                return new JinjaStatement.Break();
            case "continue":
                CloseBlock();
                return new JinjaStatement.Continue();
            default:
                throw Error($"the block `{name}` is not supported; chat templates may use if, for, set, macro, filter, generation, break "
                    + "and continue");
        }
    }

    private JinjaStatement.If If()
    {
        var branches = new List<(JinjaExpression, IReadOnlyList<JinjaStatement>)>();
        IReadOnlyList<JinjaStatement> otherwise = [];
        var end = "elif";
        while (end == "elif")
        {
            var condition = Expression();
            CloseBlock();
            branches.Add((condition, Body(out var next)));
            end = next;
            if (end == "elif") continue;
        }
        if (end == "else")
        {
            CloseBlock();
            otherwise = Body(out end);
        }
        Ends(end, "endif");
        return new JinjaStatement.If(branches, otherwise);
    }

    private JinjaStatement.For For()
    {
        var line = Current.Line;
        var names = Targets();
        if (!TakeName("in")) throw Error($"expected `in` after the loop's names, found `{Current}`");
        var items = Or();
        var filter = TakeName("if") ? Expression() : null;
        if (TakeName("recursive")) throw Error("recursive loops are not supported");
        CloseBlock();
        var body = Body(out var end);
        IReadOnlyList<JinjaStatement> otherwise = [];
        if (end == "else")
        {
            CloseBlock();
            otherwise = Body(out end);
        }
        Ends(end, "endfor");
        return new JinjaStatement.For(names, items, filter, body, otherwise, line);
    }

    private JinjaStatement Set()
    {
        var line = Current.Line;
        var names = Targets();
        JinjaExpression? owner = null;
        if (Take("."))
        {
            owner = new JinjaExpression.Name(names[0], line);
            names = [Name("a name of the namespace")];
        }
        if (Take("="))
        {
            var value = Expression(tuple: true);
            CloseBlock();
            return new JinjaStatement.Set(names, owner, value, line);
        }
        var filters = new List<(string, JinjaArguments)>();
        while (Take("|")) filters.Add((Name("a filter"), OptionalArguments()));
        CloseBlock();
        return new JinjaStatement.Capture(names[0], filters, Until("endset"), line);
    }

    private JinjaStatement.Macro Macro()
    {
        var name = Name("the macro's name");
        var parameters = new List<(string, JinjaExpression?)>();
        ExpectSign("(");
        while (!Take(")"))
        {
            parameters.Add((Name("a parameter"), Take("=") ? Expression() : null));
            if (!Current.IsSign(")")) ExpectSign(",");
        }
        CloseBlock();
        return new JinjaStatement.Macro(name, parameters, Until("endmacro"));
    }

    private List<string> Targets()
    {
        var bracket = Take("(");
        var names = new List<string> { Name("a name") };
        while (Take(",")) names.Add(Name("a name"));
        if (bracket) ExpectSign(")");
        return names;
    }

    private List<JinjaStatement> Until(string name)
    {
        var body = Body(out var end);
        Ends(end, name);
        return body;
    }

    private void Ends(string? found, string expected)
    {
        if (found != expected) throw Error($"expected `{expected}`, found {(found is null ? "the end of the template" : $"`{found}`")}");
        CloseBlock();
    }

    private void CloseBlock() => Expect(JinjaTokenKind.BlockEnd, "%}");

    private void Descend(string what)
    {
        if (++_depth > DeepestNesting) throw Error($"{what} are nested more than {DeepestNesting} deep");
    }

    private JinjaToken Next() => _tokens[_at++];

    private void Expect(JinjaTokenKind kind, string what)
    {
        if (Current.Kind != kind) throw Error($"expected `{what}`, found `{Current}`");
        _at++;
    }

    private string Name(string what) =>
        Current.Kind == JinjaTokenKind.Name ? Next().Text : throw Error($"expected {what}, found `{Current}`");

    private void ExpectSign(string sign)
    {
        if (!Take(sign)) throw Error($"expected `{sign}`, found `{Current}`");
    }

    private bool Take(string sign)
    {
        if (!Current.IsSign(sign)) return false;
        _at++;
        return true;
    }

    private bool TakeName(string name)
    {
        if (!Current.IsName(name)) return false;
        _at++;
        return true;
    }

    private JinjaException Error(string problem) => new($"line {_tokens[Math.Min(_at, _tokens.Count - 1)].Line}: {problem}.");
}
