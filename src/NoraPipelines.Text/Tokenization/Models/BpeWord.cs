namespace NoraPipelines.Tokenization;

/// <summary>
/// A piece on its way from characters to tokens. Of all neighbours that may merge, those of the lowest rank do, the leftmost first,
/// until none may: with a queue, so that a piece of n characters takes O(n log n) however long it is.
/// </summary>
internal sealed class BpeWord
{
    private struct Symbol
    {
        public int Id, Start, End, Previous, Next; // Start, End: characters of the piece; Id −1: merged into its left neighbour
    }

    private readonly List<Symbol> _symbols = [];
    private readonly PriorityQueue<(int Left, int LeftId, int RightId, int Merged), (int Rank, int Left)> _queue = new();

    public void Clear()
    {
        _symbols.Clear();
        _queue.Clear();
    }

    public void Add(int id, int start, int length) => _symbols.Add(
        new Symbol { Id = id, Start = start, End = start + length, Previous = _symbols.Count - 1, Next = _symbols.Count + 1 });

    public void Merge(BpeMerges merges)
    {
        var symbols = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_symbols);
        if (symbols.Length < 2) return;
        for (var i = 0; i + 1 < symbols.Length; i++) Offer(symbols, i, merges);
        while (_queue.TryDequeue(out var pair, out _))
        {
            ref var left = ref symbols[pair.Left];
            if (left.Id != pair.LeftId || left.Next >= symbols.Length || symbols[left.Next].Id != pair.RightId) continue; // merged since
            ref var right = ref symbols[left.Next];
            left.Id = pair.Merged;
            left.End = Math.Max(left.End, right.End);
            left.Next = right.Next;
            right.Id = -1;
            if (left.Next < symbols.Length)
            {
                symbols[left.Next].Previous = pair.Left;
                Offer(symbols, pair.Left, merges);
            }
            if (left.Previous >= 0) Offer(symbols, left.Previous, merges);
        }
    }

    private void Offer(Span<Symbol> symbols, int left, BpeMerges merges)
    {
        var (leftId, rightId) = (symbols[left].Id, symbols[symbols[left].Next].Id);
        if (merges.TryGet(leftId, rightId, out var merge)) _queue.Enqueue((left, leftId, rightId, merge.Id), (merge.Rank, left));
    }

    public void CopyTo(TextPiece piece, List<TokenSpan> tokens)
    {
        for (var i = 0; i < _symbols.Count; i = _symbols[i].Next)
            tokens.Add(piece.Token(_symbols[i].Id, _symbols[i].Start, _symbols[i].End - _symbols[i].Start));
    }
}
