using System.Text;
using NoraPipelines.Generation;
using NoraPipelines.Plans;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>Shows an answer while it is written: whole characters, and nothing that may turn out to be the beginning of a stop string.</summary>
internal sealed class LiveAnswer(TextWriter output, TextTokenizer tokenizer, IReadOnlyList<string> stopStrings)
{
    private readonly StreamingText _stream = new(tokenizer);
    private readonly StringBuilder _text = new();
    private readonly int _held = stopStrings.Count == 0 ? 0 : stopStrings.Max(text => text.Length) - 1;
    private int _shown;

    public void Push(int id)
    {
        _text.Append(_stream.Push(id));
        Show(_text.Length - _held, more: true);
    }

    public void Finish()
    {
        _text.Append(_stream.Finish());
        Show(_text.Length, more: false);
        output.WriteLine();
        output.Flush();
    }

    private void Show(int upTo, bool more)
    {
        var end = Math.Min(upTo, StopStringWatch.Cut(_text.ToString(), stopStrings).Length);
        if (end > 0 && end < _text.Length && char.IsHighSurrogate(_text[end - 1])) end--;
        // A carriage return may turn out to be half of a line break.
        if (end > 0 && (more || end < _text.Length) && _text[end - 1] == '\r') end--;
        if (end <= _shown) return;
        output.Write(ShownText.Of(_text.ToString(_shown, end - _shown)));
        output.Flush();
        _shown = end;
    }
}
