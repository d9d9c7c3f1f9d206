using System.Text;

namespace NoraPipelines.Generator.Emission;

/// <summary>C# text with indentation; lines end with "\n" on every system.</summary>
internal sealed class CodeWriter
{
    private const int BannerColumn = 126;
    private readonly StringBuilder _text = new();
    private int _depth;

    public CodeWriter Line(string line = "")
    {
        if (line.Length > 0) _text.Append(' ', 4 * _depth).Append(line);
        _text.Append('\n');
        return this;
    }

    /// <summary>Several lines as they stand; their own indentation is kept.</summary>
    public CodeWriter Lines(string lines)
    {
        foreach (var line in lines.Replace("\r\n", "\n").Split('\n')) Line(line);
        return this;
    }

    /// <summary>A block in braces, optionally closed with something behind the brace.</summary>
    public IDisposable Block(string head, string end = "}")
    {
        Line(head).Line("{");
        _depth++;
        return new Closing(this, end);
    }

    /// <summary>`// ---- Title ---------- spec.yaml:12`: a section of the program and the line of the spec that it stands for.</summary>
    public CodeWriter Banner(string title, string place)
    {
        var head = $"// ---- {title} ";
        var dashes = Math.Max(3, BannerColumn - 4 * _depth - head.Length - place.Length - 1);
        return Line(head + new string('-', dashes) + (place.Length > 0 ? " " + place : ""));
    }

    public override string ToString() => _text.ToString();

    private sealed class Closing(CodeWriter writer, string end) : IDisposable
    {
        public void Dispose()
        {
            writer._depth--;
            writer.Line(end);
        }
    }
}
