using System.Text;

namespace NoraPipelines.Tests.Tokenization.Peers;

/// <summary>
/// The encoder of karpathy/llama2.c (run.c: build_tokenizer, encode), from its own file format: int32 longest token, then for each
/// token a float score, an int32 length and its bytes. It merges the best-scored pair until there is none, and shares nothing with
/// the library.
/// </summary>
internal sealed class Llama2cEncoder
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<(string Token, float Score)> _vocabulary = [];

    public Llama2cEncoder(string file, int vocabularySize)
    {
        using var reader = new BinaryReader(File.OpenRead(file));
        reader.ReadInt32();
        for (var id = 0; id < vocabularySize; id++)
        {
            var score = reader.ReadSingle();
            var token = Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadInt32()));
            _vocabulary.Add((token, score));
            _ids.TryAdd(token, id);
        }
    }

    public IReadOnlyList<(string Token, float Score)> Vocabulary => _vocabulary;

    public List<int> Encode(string text, bool begin)
    {
        var ids = new List<int>();
        if (begin) ids.Add(1);
        if (text.Length > 0) ids.Add(_ids[" "]); // add_dummy_prefix
        foreach (var rune in text.EnumerateRunes())
        {
            if (_ids.TryGetValue(rune.ToString(), out var id)) ids.Add(id);
            else ids.AddRange(Encoding.UTF8.GetBytes(rune.ToString()).Select(b => b + 3)); // <unk>, <s>, </s> come before the bytes
        }
        while (true)
        {
            var (bestScore, bestId, bestAt) = (-1e10f, -1, -1);
            for (var i = 0; i + 1 < ids.Count; i++)
            {
                if (_ids.TryGetValue(_vocabulary[ids[i]].Token + _vocabulary[ids[i + 1]].Token, out var id) && _vocabulary[id].Score > bestScore)
                    (bestScore, bestId, bestAt) = (_vocabulary[id].Score, id, i);
            }
            if (bestAt < 0) return ids;
            ids[bestAt] = bestId;
            ids.RemoveAt(bestAt + 1);
        }
    }
}
