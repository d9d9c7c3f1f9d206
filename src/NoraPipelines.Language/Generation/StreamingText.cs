using NoraPipelines.Tokenization;

namespace NoraPipelines.Generation;

/// <summary>
/// Spells tokens out as they come. A character whose bytes are spread over several tokens is held back until it is whole, and a space
/// that a tokenizer drops at the beginning of a text is kept within it: tokens are spelled together with those before them.
/// </summary>
public sealed class StreamingText(TextTokenizer tokenizer)
{
    private const char Incomplete = '\uFFFD';

    private readonly List<int> _ids = [];
    private int _context; // where the tokens begin that are spelled again
    private int _told; // tokens whose text has been given out

    /// <summary>The text that this token completes; empty while a character is not whole.</summary>
    public string Push(int id)
    {
        _ids.Add(id);
        return Tell(last: false);
    }

    /// <summary>What is left at the end: nothing, or U+FFFD for bytes that make no character.</summary>
    public string Finish() => Tell(last: true);

    private string Tell(bool last)
    {
        var before = Spell(_context, _told);
        var now = Spell(_context, _ids.Count);
        if (now.Length <= before.Length || (!last && now[^1] == Incomplete)) return "";
        (_context, _told) = (_told, _ids.Count);
        return now[before.Length..];
    }

    private string Spell(int from, int to) => tokenizer.Decode(_ids.GetRange(from, to - from));
}
