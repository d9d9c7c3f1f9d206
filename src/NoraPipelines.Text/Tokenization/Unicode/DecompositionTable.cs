using System.Collections.Frozen;
using System.Globalization;

namespace NoraPipelines.Tokenization;

/// <summary>
/// What the Unicode database says of decomposition. .NET leaves normalization to the system's ICU, and without it (invariant
/// globalization, as in the programs here) string.Normalize returns every text unchanged; and ICUs differ by machine.
/// </summary>
internal sealed class DecompositionTable
{
    public static DecompositionTable Instance { get; } = Read();

    private const int HangulBase = 0xAC00, HangulCount = 11172, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28;

    private readonly FrozenDictionary<int, int[]> _canonical;
    private readonly FrozenDictionary<int, int[]> _compatibility;
    private readonly FrozenDictionary<(int, int), int> _compositions;
    private readonly FrozenDictionary<int, byte> _classes;

    private DecompositionTable(Dictionary<int, int[]> canonical, Dictionary<int, int[]> compatibility, Dictionary<(int, int), int> compositions, Dictionary<int, byte> classes)
    {
        (_canonical, _compatibility) = (canonical.ToFrozenDictionary(), compatibility.ToFrozenDictionary());
        (_compositions, _classes) = (compositions.ToFrozenDictionary(), classes.ToFrozenDictionary());
    }

    /// <summary>0 for a character that begins a new combining sequence.</summary>
    public byte CombiningClass(int codePoint) => _classes.GetValueOrDefault(codePoint);

    /// <summary>Adds the full decomposition of a code point, or itself.</summary>
    public void Decompose(int codePoint, bool compatibility, List<int> target)
    {
        var hangul = codePoint - HangulBase;
        if (hangul is >= 0 and < HangulCount)
        {
            target.Add(LeadBase + hangul / (VowelCount * TrailCount));
            target.Add(VowelBase + hangul / TrailCount % VowelCount);
            if (hangul % TrailCount != 0) target.Add(TrailBase + hangul % TrailCount);
        }
        else if (_canonical.TryGetValue(codePoint, out var parts) || compatibility && _compatibility.TryGetValue(codePoint, out parts))
        {
            foreach (var part in parts) Decompose(part, compatibility, target);
        }
        else
        {
            target.Add(codePoint);
        }
    }

    /// <summary>The code point that the two make together, or null.</summary>
    public int? Compose(int first, int second)
    {
        if (first - LeadBase is >= 0 and < LeadCount && second - VowelBase is >= 0 and < VowelCount)
            return HangulBase + ((first - LeadBase) * VowelCount + (second - VowelBase)) * TrailCount;
        var isOpenSyllable = first - HangulBase is >= 0 and < HangulCount && (first - HangulBase) % TrailCount == 0;
        if (isOpenSyllable && second - TrailBase is > 0 and < TrailCount) return first + (second - TrailBase);
        return _compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private static DecompositionTable Read()
    {
        var (canonical, compatibility) = (new Dictionary<int, int[]>(), new Dictionary<int, int[]>());
        var (compositions, classes) = (new Dictionary<(int, int), int>(), new Dictionary<int, byte>());
        var type = typeof(DecompositionTable);
        using var reader = new StreamReader(type.Assembly.GetManifestResourceStream("NoraPipelines.Tokenization.Unicode.decompositions.txt")!);
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(' ');
            if (fields[0] == "#") continue;
            if (fields[0] == "@")
            {
                foreach (var codePoint in fields.Skip(2).SelectMany(Range)) classes.Add(codePoint, byte.Parse(fields[1], CultureInfo.InvariantCulture));
                continue;
            }
            var (from, to) = (Hex(fields[0]), fields.Skip(2).Select(Hex).ToArray());
            (fields[1] == "~" ? compatibility : canonical).Add(from, to);
            if (fields[1] == "=" && to.Length == 2) compositions.Add((to[0], to[1]), from);
        }
        return new DecompositionTable(canonical, compatibility, compositions, classes);
    }

    private static IEnumerable<int> Range(string field)
    {
        var ends = field.Split('-').Select(Hex).ToArray();
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    }

    private static int Hex(string field) => int.Parse(field, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
