using System.Globalization;
using System.Text;
using System.Text.Json;

namespace NoraPipelines.Tests.Tokenization.Peers;

/// <summary>
/// The published encoder of GPT-2 (openai/gpt-2, src/encoder.py), from its own files vocab.json ("encoder") and vocab.bpe, written
/// from that algorithm and sharing nothing with the library: words are found by a hand-written scanner in place of its regular
/// expression, and pairs are merged one rank at a time.
/// </summary>
internal sealed class Gpt2Encoder
{
    private readonly Dictionary<string, int> _encoder;
    private readonly Dictionary<(string, string), int> _ranks = [];
    private readonly string[] _byteEncoder = new string[256];

    public Gpt2Encoder(string folder)
    {
        _encoder = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(Path.Combine(folder, "vocab.json")))!;
        foreach (var line in File.ReadLines(Path.Combine(folder, "vocab.bpe")).Skip(1).Where(line => line.Length > 0))
        {
            var pair = line.Split(' ');
            _ranks.Add((pair[0], pair[1]), _ranks.Count);
        }
        var printable = Enumerable.Range('!', '~' - '!' + 1).Concat(Enumerable.Range(0xA1, 0xAC - 0xA1 + 1)).Concat(Enumerable.Range(0xAE, 0x100 - 0xAE)).ToHashSet();
        var n = 0;
        for (var b = 0; b < 256; b++) _byteEncoder[b] = ((char)(printable.Contains(b) ? b : 256 + n++)).ToString();
    }

    public List<int> Encode(string text)
    {
        var ids = new List<int>();
        foreach (var word in Words(text))
        {
            var spelled = Encoding.UTF8.GetBytes(word).Select(b => _byteEncoder[b]);
            ids.AddRange(Bpe([.. spelled]).Select(token => _encoder[token]));
        }
        return ids;
    }

    private List<string> Bpe(List<string> word)
    {
        while (word.Count > 1)
        {
            var best = word.Zip(word.Skip(1)).MinBy(pair => _ranks.GetValueOrDefault(pair, int.MaxValue));
            if (!_ranks.ContainsKey(best)) break;
            var merged = new List<string>();
            for (var i = 0; i < word.Count; i++)
            {
                if (i + 1 < word.Count && (word[i], word[i + 1]) == best)
                {
                    merged.Add(word[i] + word[i + 1]);
                    i++;
                }
                else
                {
                    merged.Add(word[i]);
                }
            }
            word = merged;
        }
        return word;
    }

    /// <summary>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+ on code points.</summary>
    private static IEnumerable<string> Words(string text)
    {
        var runes = text.EnumerateRunes().ToArray();
        for (var i = 0; i < runes.Length;)
        {
            var end = End(runes, i);
            yield return string.Concat(runes[i..end].Select(rune => rune.ToString()));
            i = end;
        }
    }

    private static int End(Rune[] runes, int i)
    {
        foreach (var suffix in new[] { "'s", "'t", "'re", "'ve", "'m", "'ll", "'d" })
        {
            if (i + suffix.Length <= runes.Length && suffix.Select((c, k) => runes[i + k].Value == c).All(same => same)) return i + suffix.Length;
        }
        var start = runes[i].Value == ' ' && i + 1 < runes.Length && Kind(runes[i + 1]) != 's' ? i + 1 : i;
        var kind = Kind(runes[start]);
        var end = start;
        while (end < runes.Length && Kind(runes[end]) == kind) end++;
        return kind == 's' && end < runes.Length && end - i > 1 ? end - 1 : end; // \s+(?!\S) leaves the last space to the next word
    }

    private static char Kind(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        _ when Rune.IsWhiteSpace(rune) => 's',
        <= UnicodeCategory.OtherLetter => 'l',
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => 'n',
        _ => 'o',
    };
}
