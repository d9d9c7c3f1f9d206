namespace NoraPipelines.Tokenization;

/// <summary>Tokens and their ids: no two tokens share an id.</summary>
internal sealed class Vocabulary
{
    /// <summary>Several times the largest published vocabulary; a table of all ids of it takes 16 MB.</summary>
    public const int LargestId = 2_000_000;

    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _idsBySpan;
    private readonly string?[] _tokens;

    private Vocabulary(Dictionary<string, int> ids, string?[] tokens)
    {
        (_ids, _tokens) = (ids, tokens);
        _idsBySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>One more than the largest id.</summary>
    public int Size => _tokens.Length;

    public IReadOnlyDictionary<string, int> Ids => _ids;

    public int? Find(ReadOnlySpan<char> token) => _idsBySpan.TryGetValue(token, out var id) ? id : null;

    public string? Find(int id) => id >= 0 && id < _tokens.Length ? _tokens[id] : null;

    /// <param name="entries">Tokens with their ids, in the file's order.</param>
    /// <param name="place">File and key, for complaints.</param>
    /// <exception cref="TokenizerException">An id is negative, too large or given twice, or a token is.</exception>
    public static Vocabulary Create(IEnumerable<(string Token, int Id)> entries, string place)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var largest = -1;
        foreach (var (token, id) in entries)
        {
            if (id is < 0 or > LargestId)
                throw new TokenizerException($"{place} gives \"{token}\" the id {id}; expected 0 to {LargestId}. Copy the file from the model's publisher again.");
            if (!ids.TryAdd(token, id))
                throw new TokenizerException($"{place} lists \"{token}\" twice, with the ids {ids[token]} and {id}; expected once. Copy the file from the model's publisher again.");
            largest = Math.Max(largest, id);
        }
        var tokens = new string?[largest + 1];
        foreach (var (token, id) in ids)
        {
            if (tokens[id] is { } other)
                throw new TokenizerException($"{place} gives the id {id} to both \"{other}\" and \"{token}\"; expected one token an id. Copy the file from the model's publisher again.");
            tokens[id] = token;
        }
        return new Vocabulary(ids, tokens);
    }
}
