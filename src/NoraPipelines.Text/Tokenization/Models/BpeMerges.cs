namespace NoraPipelines.Tokenization;

/// <summary>Which pairs of tokens merge into which token, and in what order of precedence (0 first).</summary>
internal sealed class BpeMerges(int capacity)
{
    private readonly Dictionary<ulong, (int Rank, int Id)> _merges = new(capacity);

    public int Count => _merges.Count;

    public void Set(int left, int right, int rank, int merged) => _merges[Key(left, right)] = (rank, merged);

    public bool TryGet(int left, int right, out (int Rank, int Id) merge) => _merges.TryGetValue(Key(left, right), out merge);

    private static ulong Key(int left, int right) => (ulong)(uint)left << 32 | (uint)right;
}
