namespace NoraPipelines.Chat.Jinja;

/// <summary>The value of an expression. Nothing here reads a file, a clock or the program: a template sees what it is given.</summary>
internal sealed class JinjaEvaluator(JinjaBudget budget)
{
    public object? Value(JinjaExpression expression, JinjaScope scope)
    {
        budget.Step();
        try
        {
            return Unchecked(expression, scope);
        }
        catch (JinjaException problem) when (!problem.Message.StartsWith("line ", StringComparison.Ordinal) && problem is not { InnerException: not null })
        {
            throw new JinjaException($"line {expression.Line}: {problem.Message}");
        }
    }

    public bool IsTrue(JinjaExpression expression, JinjaScope scope) => JinjaOperators.IsTrue(Value(expression, scope));

    public JinjaCall Arguments(string what, JinjaArguments arguments, JinjaScope scope, params object?[] before) => new(what,
        [.. before, .. arguments.Positional.Select(argument => Value(argument, scope))],
        arguments.Named.ToDictionary(argument => argument.Name, argument => Value(argument.Value, scope)), budget);

    private object? Unchecked(JinjaExpression expression, JinjaScope scope)
    {
        switch (expression)
        {
            case JinjaExpression.Constant constant: return constant.Value;
            case JinjaExpression.Name name: return scope.Get(name.Of);
            case JinjaExpression.List list: return list.Items.Select(item => Value(item, scope)).ToList();
            case JinjaExpression.Mapping mapping: return Mapping(mapping, scope);
            case JinjaExpression.Member member: return Member(Value(member.Owner, scope), member.Key);
            case JinjaExpression.Item item: return JinjaSequences.Item(Value(item.Owner, scope), Value(item.Key, scope));
            case JinjaExpression.Slice slice:
                return JinjaSequences.Slice(
                    Value(slice.Owner, scope), Bound(slice.First, scope), Bound(slice.Last, scope), Bound(slice.Step, scope));
            case JinjaExpression.Call call: return Call(call, scope);
            case JinjaExpression.Filter filter:
                return JinjaFilters.Run(filter.Of, Arguments($"filter `{filter.Of}`", filter.Arguments, scope, Value(filter.Input, scope)));
            case JinjaExpression.Test test:
                return JinjaTests.Run(test.Of, Arguments($"test `{test.Of}`", test.Arguments, scope, Value(test.Input, scope)));
            case JinjaExpression.Unary unary: return Unary(unary.Sign, Value(unary.Operand, scope));
            case JinjaExpression.Binary binary: return Binary(binary, scope);
            case JinjaExpression.Conditional conditional:
                return IsTrue(conditional.Condition, scope) ? Value(conditional.Then, scope)
                    : conditional.Else is { } other ? Value(other, scope) : new JinjaUndefined("the value of an `if` without `else`");
            default: throw new ArgumentOutOfRangeException(nameof(expression), expression, "has no value");
        }
    }

    private OrderedDictionary<object, object?> Mapping(JinjaExpression.Mapping mapping, JinjaScope scope)
    {
        var values = new OrderedDictionary<object, object?>();
        foreach (var (key, value) in mapping.Items) values[Key(Value(key, scope))] = Value(value, scope);
        return values;

        static object Key(object? key) => key is string or long or double or bool ? key
            : throw new JinjaException($"a mapping's keys are texts or numbers, found {JinjaText.Kind(key)}.");
    }

    private static object? Member(object? owner, string key)
    {
        // As Jinja has it: a method comes before an item of the same name.
        if (JinjaMethods.Find(owner, key) is { } method) return method;
        return JinjaSequences.Item(owner, key);
    }

    private object? Call(JinjaExpression.Call call, JinjaScope scope)
    {
        var name = call.Callee switch
        {
            JinjaExpression.Name named => named.Of,
            JinjaExpression.Member member => member.Key,
            _ => "a value",
        };
        return Value(call.Callee, scope) switch
        {
            JinjaFunction function => function(Arguments($"`{name}`", call.Arguments, scope)),
            JinjaUndefined => throw new JinjaException($"there is no function or method `{name}`."),
            var other => throw new JinjaException($"`{name}` is {JinjaText.Kind(other)} and cannot be called."),
        };
    }

    private long? Bound(JinjaExpression? expression, JinjaScope scope) => expression is null ? null : Value(expression, scope) switch
    {
        null => null,
        long whole => whole,
        var other => throw new JinjaException($"a slice is bounded by whole numbers, found {JinjaText.Kind(other)}."),
    };

    private static object? Unary(string sign, object? value) => (sign, value) switch
    {
        ("not", _) => !JinjaOperators.IsTrue(value),
        ("truth", _) => JinjaOperators.IsTrue(value),
        ("-", long whole) => unchecked(-whole),
        ("-", double number) => -number,
        ("+", long or double) => value,
        _ => throw new JinjaException($"`{sign}` takes a number, found {JinjaText.Kind(value)}."),
    };

    private object? Binary(JinjaExpression.Binary binary, JinjaScope scope)
    {
        var left = Value(binary.Left, scope);
        switch (binary.Sign)
        {
            case "or": return JinjaOperators.IsTrue(left) ? left : Value(binary.Right, scope);
            case "and": return JinjaOperators.IsTrue(left) ? Value(binary.Right, scope) : left;
        }
        var right = Value(binary.Right, scope);
        return binary.Sign switch
        {
            "==" => JinjaOperators.AreEqual(left, right),
            "!=" => !JinjaOperators.AreEqual(left, right),
            "<" => JinjaOperators.Compare(left, right) < 0,
            ">" => JinjaOperators.Compare(left, right) > 0,
            "<=" => JinjaOperators.Compare(left, right) <= 0,
            ">=" => JinjaOperators.Compare(left, right) >= 0,
            "in" => JinjaOperators.Contains(right, left),
            "not in" => !JinjaOperators.Contains(right, left),
            var sign => JinjaOperators.Arithmetic(sign, left, right, budget),
        };
    }
}
