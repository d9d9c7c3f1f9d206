namespace NoraPipelines.Chat.Jinja;

/// <summary>A part of a template that is run in order.</summary>
internal abstract record JinjaStatement
{
    internal sealed record Text(string Content) : JinjaStatement;

    internal sealed record Output(JinjaExpression Value) : JinjaStatement;

    internal sealed record If(IReadOnlyList<(JinjaExpression Condition, IReadOnlyList<JinjaStatement> Body)> Branches,
        IReadOnlyList<JinjaStatement> Else) : JinjaStatement;

    internal sealed record For(IReadOnlyList<string> Names, JinjaExpression Items, JinjaExpression? Filter,
        IReadOnlyList<JinjaStatement> Body, IReadOnlyList<JinjaStatement> Else, int Line) : JinjaStatement;

    /// <summary>set name = value, or set owner.name = value for a namespace.</summary>
    internal sealed record Set(IReadOnlyList<string> Names, JinjaExpression? Owner, JinjaExpression Value, int Line) : JinjaStatement;

    /// <summary>set name … endset, and filter … endfilter with no name.</summary>
    internal sealed record Capture(string? Name, IReadOnlyList<(string Name, JinjaArguments Arguments)> Filters,
        IReadOnlyList<JinjaStatement> Body, int Line) : JinjaStatement;

    internal sealed record Macro(string Name, IReadOnlyList<(string Name, JinjaExpression? Default)> Parameters,
        IReadOnlyList<JinjaStatement> Body) : JinjaStatement;

    /// <summary>generation … endgeneration: what an assistant says, for training.</summary>
    internal sealed record Generation(IReadOnlyList<JinjaStatement> Body) : JinjaStatement;

    internal sealed record Break : JinjaStatement;

    internal sealed record Continue : JinjaStatement;
}
