using System.Text;

namespace NoraPipelines.Generator.Emission;

/// <summary>C# text with indentation; lines end with "\n" on every system.</summary>
internal sealed class CodeWriter
{
    private const int BannerColumn = 126;
    private const int LongestLine = 159;
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

    /// <summary>A call, or another list in brackets, on one line if it fits; else its arguments fill lines of their own.</summary>
    /// <param name="head">With the opening bracket; its own indentation is kept.</param>
    /// <param name="end">With the closing bracket.</param>
    public CodeWriter Call(string head, IEnumerable<string> arguments, string end)
    {
        var all = arguments.ToList();
        var whole = head + string.Join(", ", all) + end;
        if (Fits(whole)) return Line(whole);
        Line(head.TrimEnd());
        var indent = new string(' ', head.Length - head.TrimStart().Length + 4);
        var line = indent;
        for (var i = 0; i < all.Count; i++)
        {
            var last = i + 1 == all.Count;
            var next = all[i] + (last ? end : ",");
            if (line.Length > indent.Length && !Fits(line + next))
            {
                Line(line.TrimEnd());
                line = indent;
            }
            line += next + (last ? "" : " ");
        }
        return Line(line);
    }

    /// <summary>A part of the documentation comment: on one line if it fits, else its words fill lines between the tags.</summary>
    public CodeWriter Doc(string tag, params string[] paragraphs)
    {
        if (paragraphs.Length == 1 && Fits($"/// <{tag}>{paragraphs[0]}</{tag}>")) return Line($"/// <{tag}>{paragraphs[0]}</{tag}>");
        Line($"/// <{tag}>");
        foreach (var paragraph in paragraphs)
        {
            var line = "///";
            foreach (var word in paragraph.Split(' '))
            {
                if (line.Length > 3 && !Fits(line + " " + word))
                {
                    Line(line);
                    line = "///";
                }
                line += " " + word;
            }
            Line(line);
        }
        return Line($"/// </{tag}>");
    }

    /// <summary>Whether it stands on one line at the present indentation.</summary>
    public bool Fits(string line) => 4 * _depth + line.Length <= LongestLine;

    /// <summary>Lines further in, without braces.</summary>
    public IDisposable Indented()
    {
        _depth++;
        return new Closing(this, null);
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

    private sealed class Closing(CodeWriter writer, string? end) : IDisposable
    {
        public void Dispose()
        {
            writer._depth--;
            if (end is not null) writer.Line(end);
        }
    }
}
