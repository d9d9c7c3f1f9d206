using System.Text;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Generation;

/// <summary>Sees when a text that is being written comes to hold one of the stop strings.</summary>
public sealed class StopStringWatch(TextTokenizer tokenizer, IReadOnlyList<string> stopStrings)
{
    private readonly StreamingText _stream = new(tokenizer);
    private readonly StringBuilder _text = new();
    private readonly int _longest = stopStrings.Max(text => text.Length);

    /// <summary>Takes the next token; true once a stop string is there.</summary>
    public bool Push(int id)
    {
        var piece = _stream.Push(id);
        if (piece.Length == 0) return false;
        var from = Math.Max(0, _text.Length - _longest + 1);
        _text.Append(piece);
        var tail = _text.ToString(from, _text.Length - from);
        return stopStrings.Any(text => tail.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>A text up to the first stop string in it.</summary>
    public static string Cut(string text, IReadOnlyList<string> stopStrings)
    {
        var found = stopStrings.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).ToArray();
        return found.Length == 0 ? text : text[..found.Min()];
    }
}
