namespace NoraPipelines.Tokenization;

/// <summary>
/// Merges the most frequent pair of neighbours, again and again (Sennrich et al. 2016, algorithm 1); of equally frequent ones that
/// with the smaller ids. Counts are corrected where a pair was merged, not counted anew.
/// </summary>
internal sealed class PairMerger
{
    private readonly BpeVocabularyBuilder _vocabulary;
    private readonly List<(int[] Ids, long Count)> _words;
    private readonly Dictionary<(int Left, int Right), long> _counts = [];
    private readonly Dictionary<(int Left, int Right), HashSet<int>> _places = []; // words that hold, or once held, the pair
    private readonly PriorityQueue<((int Left, int Right) Pair, long Count), (long NegatedCount, int Left, int Right)> _queue = new();

    public PairMerger(WordCounts words, BpeVocabularyBuilder vocabulary)
    {
        _vocabulary = vocabulary;
        _words = [.. words.Counts.Select(word => (word.Key.Select(vocabulary.Id).ToArray(), word.Value))];
        for (var word = 0; word < _words.Count; word++) Count(word, +1, null);
        foreach (var pair in _counts.Keys) Offer(pair);
    }

    public void MergeUntil(int vocabularySize)
    {
        var changed = new HashSet<(int, int)>();
        while (_vocabulary.Tokens.Count < vocabularySize && _queue.TryDequeue(out var best, out _))
        {
            if (_counts.GetValueOrDefault(best.Pair) != best.Count) continue; // counted differently since
            var merged = _vocabulary.Merge(best.Pair.Left, best.Pair.Right);
            changed.Clear();
            foreach (var word in _places[best.Pair])
            {
                Count(word, -1, changed);
                _words[word] = (Replace(_words[word].Ids, best.Pair, merged), _words[word].Count);
                Count(word, +1, changed);
            }
            foreach (var pair in changed) Offer(pair);
        }
    }

    private void Count(int word, int sign, HashSet<(int, int)>? changed)
    {
        var (ids, count) = _words[word];
        for (var i = 0; i + 1 < ids.Length; i++)
        {
            var pair = (ids[i], ids[i + 1]);
            _counts[pair] = _counts.GetValueOrDefault(pair) + sign * count;
            changed?.Add(pair);
            if (sign < 0) continue;
            if (!_places.TryGetValue(pair, out var words)) _places.Add(pair, words = []);
            words.Add(word);
        }
    }

    private void Offer((int Left, int Right) pair)
    {
        if (_counts[pair] is > 0 and var count) _queue.Enqueue((pair, count), (-count, pair.Left, pair.Right));
        else
        {
            _counts.Remove(pair);
            _places.Remove(pair);
        }
    }

    private static int[] Replace(int[] ids, (int Left, int Right) pair, int merged)
    {
        var result = new List<int>(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            var merges = i + 1 < ids.Length && ids[i] == pair.Left && ids[i + 1] == pair.Right;
            result.Add(merges ? merged : ids[i]);
            if (merges) i++;
        }
        return [.. result];
    }
}
