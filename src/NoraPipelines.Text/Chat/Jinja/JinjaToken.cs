namespace NoraPipelines.Chat.Jinja;

internal enum JinjaTokenKind
{
    /// <summary>Text between the marks, as it is written out.</summary>
    Text,

    /// <summary>{{</summary>
    OutputBegin,

    /// <summary>}}</summary>
    OutputEnd,

    /// <summary>{%</summary>
    BlockBegin,

    /// <summary>%}</summary>
    BlockEnd,
    Name,
    String,
    Whole,
    Number,
    Sign,
    End,
}

/// <summary>A word of a template.</summary>
/// <param name="Text">The text; a string's content without quotes, its escapes resolved.</param>
/// <param name="Line">1-based.</param>
internal readonly record struct JinjaToken(JinjaTokenKind Kind, string Text, int Line)
{
    public bool IsSign(string sign) => Kind == JinjaTokenKind.Sign && Text == sign;

    public bool IsName(string name) => Kind == JinjaTokenKind.Name && Text == name;

    public override string ToString() => Kind switch
    {
        JinjaTokenKind.OutputBegin => "{{",
        JinjaTokenKind.OutputEnd => "}}",
        JinjaTokenKind.BlockBegin => "{%",
        JinjaTokenKind.BlockEnd => "%}",
        JinjaTokenKind.End => "the end of the template",
        _ => Text,
    };
}
