namespace NoraPipelines.Tokenization;

/// <summary>WordPiece (BERT): the longest token that a word begins with, then the longest "##…" that the rest begins with, and so on.</summary>
internal sealed class WordPieceModel : TokenModel
{
    private readonly string _prefix;
    private readonly int _unknown;
    private readonly int _longestWord;
    private readonly int _longestToken;

    /// <exception cref="TokenizerException">The unknown token is not in the vocabulary.</exception>
    public WordPieceModel(Vocabulary vocabulary, string unknownToken, string prefix, int longestWord, string place) : base(vocabulary)
    {
        (_prefix, _longestWord) = (prefix, longestWord);
        _unknown = vocabulary.Find(unknownToken) ?? throw new TokenizerException(
            $"{place}.unk_token is \"{unknownToken}\", which is not in the vocabulary. Copy the file from the model's publisher again.");
        _longestToken = vocabulary.Ids.Keys.Max(token => token.Length);
    }

    public override void Tokenize(TextPiece piece, List<TokenSpan> tokens)
    {
        var word = piece.Characters;
        var first = tokens.Count;
        var length = 0; // in code points
        foreach (var _ in word.EnumerateRunes()) length++;
        for (var start = 0; start < word.Length && length <= _longestWord;)
        {
            var (id, end) = Longest(word, start);
            if (id is null) break;
            tokens.Add(piece.Token(id.Value, start, end - start));
            start = end;
            if (start == word.Length) return;
        }
        tokens.RemoveRange(first, tokens.Count - first); // a word that is not spelled out to its end is unknown as a whole
        tokens.Add(piece.Token(_unknown, 0, piece.Length));
    }

    private (int? Id, int End) Longest(ReadOnlySpan<char> word, int start)
    {
        Span<char> buffer = stackalloc char[256];
        for (var end = Math.Min(word.Length, start + _longestToken); end > start; end--)
        {
            var part = word[start..end];
            if (end < word.Length && char.IsLowSurrogate(word[end])) continue;
            var id = start == 0 ? Vocabulary.Find(part)
                : _prefix.Length + part.Length <= buffer.Length && buffer.TryWrite($"{_prefix}{part}", out var written) ? Vocabulary.Find(buffer[..written])
                : Vocabulary.Find($"{_prefix}{part}");
            if (id is not null) return (id, end);
        }
        return (null, start);
    }
}
