namespace NoraPipelines.Chat.Jinja;

/// <summary>What stands between the marks and has a value.</summary>
/// <param name="Line">1-based, for messages.</param>
internal abstract record JinjaExpression(int Line)
{
    internal sealed record Constant(object? Value, int Line) : JinjaExpression(Line);

    internal sealed record Name(string Of, int Line) : JinjaExpression(Line);

    internal sealed record List(IReadOnlyList<JinjaExpression> Items, int Line) : JinjaExpression(Line);

    internal sealed record Mapping(IReadOnlyList<(JinjaExpression Key, JinjaExpression Value)> Items, int Line) : JinjaExpression(Line);

    /// <summary>a.b</summary>
    internal sealed record Member(JinjaExpression Owner, string Key, int Line) : JinjaExpression(Line);

    /// <summary>a[b]</summary>
    internal sealed record Item(JinjaExpression Owner, JinjaExpression Key, int Line) : JinjaExpression(Line);

    /// <summary>a[first:last:step]</summary>
    internal sealed record Slice(JinjaExpression Owner, JinjaExpression? First, JinjaExpression? Last, JinjaExpression? Step, int Line)
        : JinjaExpression(Line);

    internal sealed record Call(JinjaExpression Callee, JinjaArguments Arguments, int Line) : JinjaExpression(Line);

    internal sealed record Filter(JinjaExpression Input, string Of, JinjaArguments Arguments, int Line) : JinjaExpression(Line);

    internal sealed record Test(JinjaExpression Input, string Of, JinjaArguments Arguments, int Line) : JinjaExpression(Line);

    internal sealed record Unary(string Sign, JinjaExpression Operand, int Line) : JinjaExpression(Line);

    internal sealed record Binary(string Sign, JinjaExpression Left, JinjaExpression Right, int Line) : JinjaExpression(Line);

    /// <summary>a if b else c</summary>
    internal sealed record Conditional(JinjaExpression Condition, JinjaExpression Then, JinjaExpression? Else, int Line) : JinjaExpression(Line);
}
