using System.Globalization;

namespace NoraPipelines.Chat.Jinja;

/// <summary>Expressions, from the loosest binding to the tightest: if, or, and, not, comparisons, ~, +, *, signs, **, filters and tests.</summary>
internal sealed partial class JinjaParser
{
    private static readonly string[] Comparisons = ["==", "!=", "<", ">", "<=", ">="];

    private JinjaExpression Expression(bool tuple = false)
    {
        Descend("expressions");
        var line = Current.Line;
        var value = Or();
        while (TakeName("if"))
        {
            var condition = Or();
            value = new JinjaExpression.Conditional(condition, value, TakeName("else") ? Expression() : null, line);
        }
        if (tuple && Current.IsSign(","))
        {
            var items = new List<JinjaExpression> { value };
            while (Take(",") && Current.Kind is not (JinjaTokenKind.BlockEnd or JinjaTokenKind.OutputEnd)) items.Add(Expression());
            value = new JinjaExpression.List(items, line);
        }
        _depth--;
        return value;
    }

    private JinjaExpression Or()
    {
        var left = And();
        while (Current.IsName("or")) left = new JinjaExpression.Binary("or", left, Right(And), left.Line);
        return left;
    }

    private JinjaExpression And()
    {
        var left = Not();
        while (Current.IsName("and")) left = new JinjaExpression.Binary("and", left, Right(Not), left.Line);
        return left;
    }

    private JinjaExpression Not()
    {
        var line = Current.Line;
        var negations = 0;
        while (TakeName("not")) negations++;
        var value = Comparison();
        return negations == 0 ? value : new JinjaExpression.Unary(negations % 2 == 0 ? "truth" : "not", value, line);
    }

    private JinjaExpression Comparison()
    {
        var first = Concatenation();
        JinjaExpression? all = null;
        while (true)
        {
            var line = Current.Line;
            string sign;
            if (Current.Kind == JinjaTokenKind.Sign && Comparisons.Contains(Current.Text)) sign = Next().Text;
            else if (TakeName("in")) sign = "in";
            else if (Current.IsName("not") && _tokens[_at + 1].IsName("in"))
            {
                _at += 2;
                sign = "not in";
            }
            else return all ?? first;
            var next = Concatenation();
            JinjaExpression pair = new JinjaExpression.Binary(sign, first, next, line);
            all = all is null ? pair : new JinjaExpression.Binary("and", all, pair, line); // a < b < c
            first = next;
        }
    }

    private JinjaExpression Concatenation() => Chain(Sum, "~");

    private JinjaExpression Sum() => Chain(Product, "+", "-");

    private JinjaExpression Product() => Chain(() => FilteredOrTested(Signed()), "*", "/", "//", "%");

    private JinjaExpression Chain(Func<JinjaExpression> operand, params string[] signs)
    {
        var left = operand();
        while (Current.Kind == JinjaTokenKind.Sign && signs.Contains(Current.Text))
            left = new JinjaExpression.Binary(Current.Text, left, Right(operand), left.Line);
        return left;
    }

    private JinjaExpression Right(Func<JinjaExpression> operand)
    {
        _at++;
        return operand();
    }

    private JinjaExpression Signed()
    {
        var line = Current.Line;
        if (!Current.IsSign("-") && !Current.IsSign("+")) return Power(); // a filter comes after the sign: -1|abs is 1
        Descend("signs");
        var sign = Next().Text;
        var operand = Signed();
        _depth--;
        return new JinjaExpression.Unary(sign, operand, line);
    }

    private JinjaExpression Power()
    {
        var left = Postfix();
        return Current.IsSign("**") ? new JinjaExpression.Binary("**", left, Right(Signed), left.Line) : left;
    }

    private JinjaExpression FilteredOrTested(JinjaExpression value)
    {
        while (true)
        {
            var line = Current.Line;
            if (Take("|"))
            {
                value = new JinjaExpression.Filter(value, Name("a filter"), OptionalArguments(), line);
                continue;
            }
            if (!TakeName("is")) return value;
            var negated = TakeName("not");
            var test = Name("a test");
            var arguments = Current.IsSign("(") ? OptionalArguments() : BareTestArgument();
            value = new JinjaExpression.Test(value, test, arguments, line);
            if (negated) value = new JinjaExpression.Unary("not", value, line);
        }
    }

    /// <summary>`is divisibleby 3`, `is equalto "x"`.</summary>
    private JinjaArguments BareTestArgument() =>
        Current.Kind is JinjaTokenKind.String or JinjaTokenKind.Whole or JinjaTokenKind.Number
        || (Current.Kind == JinjaTokenKind.Name && Current.Text is not ("and" or "or" or "not" or "if" or "else" or "is" or "in" or "recursive"))
            ? new JinjaArguments([Postfix()], [])
            : JinjaArguments.None;

    private JinjaExpression Postfix()
    {
        var value = Primary();
        while (true)
        {
            var line = Current.Line;
            if (Take("."))
            {
                // a.0 is a[0]
                value = Current.Kind == JinjaTokenKind.Whole
                    ? new JinjaExpression.Item(value, Primary(), line)
                    : new JinjaExpression.Member(value, Name("a name"), line);
            }
            else if (Current.IsSign("(")) value = new JinjaExpression.Call(value, OptionalArguments(), line);
            else if (Take("[")) value = ItemOrSlice(value, line);
            else return value;
        }
    }

    private JinjaExpression ItemOrSlice(JinjaExpression owner, int line)
    {
        var parts = new List<JinjaExpression?> { null };
        while (!Take("]"))
        {
            if (Take(":")) parts.Add(null);
            else if (parts[^1] is null) parts[^1] = Expression();
            else throw Error($"expected `]`, found `{Current}`");
        }
        return parts switch
        {
            [{ } key] => new JinjaExpression.Item(owner, key, line),
            [var first, var last] => new JinjaExpression.Slice(owner, first, last, null, line),
            [var first, var last, var step] => new JinjaExpression.Slice(owner, first, last, step, line),
            _ => throw Error("expected an index, or first:last:step, in the brackets"),
        };
    }

    private JinjaArguments OptionalArguments()
    {
        if (!Take("(")) return JinjaArguments.None;
        var positional = new List<JinjaExpression>();
        var named = new List<(string, JinjaExpression)>();
        while (!Take(")"))
        {
            if (Current.IsSign("*") || Current.IsSign("**")) throw Error("arguments in `*` or `**` are not supported");
            if (Current.Kind == JinjaTokenKind.Name && _tokens[_at + 1].IsSign("="))
            {
                var name = Next().Text;
                _at++;
                named.Add((name, Expression()));
            }
            else positional.Add(Expression());
            if (!Current.IsSign(")")) ExpectSign(",");
        }
        return new JinjaArguments(positional, named);
    }

    private JinjaExpression Primary()
    {
        var token = Next();
        switch (token.Kind)
        {
            case JinjaTokenKind.String:
                var text = token.Text;
                while (Current.Kind == JinjaTokenKind.String) text += Next().Text; // neighbours are one string
                return new JinjaExpression.Constant(text, token.Line);
            case JinjaTokenKind.Whole when long.TryParse(token.Text.Replace("_", ""), NumberStyles.None, CultureInfo.InvariantCulture, out var whole):
                return new JinjaExpression.Constant(whole, token.Line);
            case JinjaTokenKind.Number:
                return new JinjaExpression.Constant(double.Parse(token.Text.Replace("_", ""), CultureInfo.InvariantCulture), token.Line);
            case JinjaTokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => new JinjaExpression.Constant(true, token.Line),
                    "false" or "False" => new JinjaExpression.Constant(false, token.Line),
                    "none" or "None" => new JinjaExpression.Constant(null, token.Line),
                    var name => new JinjaExpression.Name(name, token.Line),
                };
            case JinjaTokenKind.Sign when token.Text == "(": return Bracket(token.Line);
            case JinjaTokenKind.Sign when token.Text == "[": return new JinjaExpression.List(Items("]"), token.Line);
            case JinjaTokenKind.Sign when token.Text == "{": return Mapping(token.Line);
            default:
                _at--;
                throw Error($"expected a value, found `{token}`");
        }
    }

    /// <summary>(a), or a tuple: (), (a,), (a, b).</summary>
    private JinjaExpression Bracket(int line)
    {
        if (Take(")")) return new JinjaExpression.List([], line);
        var first = Expression();
        if (Take(")")) return first;
        ExpectSign(",");
        return new JinjaExpression.List([first, .. Items(")")], line);
    }

    private List<JinjaExpression> Items(string end)
    {
        var items = new List<JinjaExpression>();
        while (!Take(end))
        {
            items.Add(Expression());
            if (!Current.IsSign(end)) ExpectSign(",");
        }
        return items;
    }

    private JinjaExpression.Mapping Mapping(int line)
    {
        var items = new List<(JinjaExpression, JinjaExpression)>();
        while (!Take("}"))
        {
            var key = Expression();
            ExpectSign(":");
            items.Add((key, Expression()));
            if (!Current.IsSign("}")) ExpectSign(",");
        }
        return new JinjaExpression.Mapping(items, line);
    }
}
