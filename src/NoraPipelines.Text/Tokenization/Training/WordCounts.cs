using System.Text;

namespace NoraPipelines.Tokenization;

/// <summary>How often each word, spelled in bytes, occurs; words are what the written tokenizer's pre-tokenizer will cut.</summary>
internal sealed class WordCounts
{
    private static readonly SequencePreTokenizer PreTokenizer = new([
        new CategoryPreTokenizer(Rune.IsNumber, SplitBehavior.Isolated),
        new ByteLevelPreTokenizer(addPrefixSpace: false, useRegex: true)]);

    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long> Counts => _counts;

    public void Add(string text)
    {
        var pieces = new List<TextPiece>();
        PreTokenizer.Split(new TextPiece(AlignedText.Original(text, 0, text.Length), 0, text.Length), pieces);
        var counts = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var piece in pieces) counts[piece.Characters] = counts.TryGetValue(piece.Characters, out var count) ? count + 1 : 1;
    }
}
