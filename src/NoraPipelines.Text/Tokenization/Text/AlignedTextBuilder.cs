using System.Text;

namespace NoraPipelines.Tokenization;

/// <summary>Puts an <see cref="AlignedText"/> together from pieces of another one and from new characters.</summary>
internal sealed class AlignedTextBuilder(int capacity)
{
    private readonly StringBuilder _text = new(capacity);
    private readonly List<int> _starts = new(capacity);
    private readonly List<int> _ends = new(capacity);

    public int Length => _text.Length;

    /// <summary>Adds a character that stands for the original range.</summary>
    public void Append(char character, int start, int end)
    {
        _text.Append(character);
        _starts.Add(start);
        _ends.Add(end);
    }

    /// <summary>Adds characters all of which stand for the same original range.</summary>
    public void Append(ReadOnlySpan<char> characters, int start, int end)
    {
        foreach (var character in characters) Append(character, start, end);
    }

    /// <summary>Adds a part of another text, with its ranges.</summary>
    public void Append(AlignedText source, int start, int length)
    {
        _text.Append(source.Text, start, length);
        _starts.AddRange(source.Starts.AsSpan(start, length));
        _ends.AddRange(source.Ends.AsSpan(start, length));
    }

    public AlignedText Build() => new(_text.ToString(), [.. _starts], [.. _ends]);
}
