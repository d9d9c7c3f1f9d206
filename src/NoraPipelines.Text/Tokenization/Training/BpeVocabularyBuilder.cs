namespace NoraPipelines.Tokenization;

/// <summary>A vocabulary that grows by merging: special tokens, the 256 bytes in order of their characters, merged tokens.</summary>
internal sealed class BpeVocabularyBuilder
{
    private readonly List<string> _tokens = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<(string Left, string Right)> _merges = [];

    public BpeVocabularyBuilder(IEnumerable<string> specialTokens)
    {
        foreach (var token in specialTokens) Add(token);
        foreach (var character in Enumerable.Range(0, 256).Select(value => ByteAlphabet.Character((byte)value)).Order()) Add(character.ToString());
    }

    /// <summary>The tokens; a token's place is its id.</summary>
    public IReadOnlyList<string> Tokens => _tokens;

    /// <summary>In order of precedence.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges => _merges;

    public int Id(char character) => _ids[character.ToString()];

    /// <summary>The merged token's id; two ways to spell one token share it.</summary>
    public int Merge(int left, int right)
    {
        _merges.Add((_tokens[left], _tokens[right]));
        var merged = _tokens[left] + _tokens[right];
        return _ids.TryGetValue(merged, out var id) ? id : Add(merged);
    }

    private int Add(string token)
    {
        _ids.Add(token, _tokens.Count);
        _tokens.Add(token);
        return _tokens.Count - 1;
    }
}
