namespace NoraPipelines.Tokenization;

/// <summary>
/// The added tokens of a tokenizer. A text is cut around those that are looked for as they are written; the rest is normalized and
/// cut around those that are looked for in normalized text.
/// </summary>
internal sealed class AddedVocabulary
{
    private readonly AddedTokenTrie _asWritten = new();
    private readonly AddedTokenTrie _normalized = new();
    private readonly Normalizer? _normalizer;
    private readonly Dictionary<int, AddedToken> _byId = [];
    private readonly Dictionary<string, AddedToken> _byContent = new(StringComparer.Ordinal);

    public AddedVocabulary(IEnumerable<AddedToken> tokens, Normalizer? normalizer)
    {
        _normalizer = normalizer;
        foreach (var token in tokens)
        {
            _byId[token.Id] = token;
            _byContent[token.Content] = token;
            if (token.Normalized) _normalized.Add(Normalize(AlignedText.Original(token.Content, 0, token.Content.Length)).Text, token);
            else _asWritten.Add(token.Content, token);
        }
    }

    public IReadOnlyCollection<AddedToken> Tokens => _byId.Values;
    public AddedToken? Find(int id) => _byId.GetValueOrDefault(id);
    public AddedToken? Find(string content) => _byContent.GetValueOrDefault(content);

    /// <summary>The stretches of normalized text, and between them the added tokens that were found, in order.</summary>
    public IEnumerable<(AlignedText? Text, TokenSpan Token)> Split(string text)
    {
        foreach (var (start, length, token) in Cut(_asWritten, text))
        {
            if (token is not null)
            {
                yield return (null, new TokenSpan(token.Id, start, start + length));
                continue;
            }
            var normalized = Normalize(AlignedText.Original(text, start, length));
            foreach (var (from, count, inner) in Cut(_normalized, normalized.Text))
            {
                yield return inner is null
                    ? (normalized.Slice(from, count), default)
                    : (null, new TextPiece(normalized, from, count).Token(inner.Id, 0, count));
            }
        }
    }

    private AlignedText Normalize(AlignedText text) => _normalizer is null ? text : _normalizer.Normalize(text);

    private static IEnumerable<(int Start, int Length, AddedToken? Token)> Cut(AddedTokenTrie trie, string text)
    {
        var done = 0;
        if (!trie.IsEmpty)
        {
            foreach (var (token, start, end) in trie.Find(text))
            {
                if (start > done) yield return (done, start - done, null);
                yield return (start, end - start, token);
                done = end;
            }
        }
        if (done < text.Length) yield return (done, text.Length - done, null);
    }
}
