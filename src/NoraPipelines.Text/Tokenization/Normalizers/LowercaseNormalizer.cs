using System.Text;

namespace NoraPipelines.Tokenization;

/// <summary>
/// Lower case by Unicode's default mapping, each code point on its own. Its only mapping to two code points without a condition is
/// that of U+0130 (SpecialCasing.txt).
/// </summary>
internal sealed class LowercaseNormalizer : RuneNormalizer
{
    protected override bool Keeps(Rune rune, List<Rune> target)
    {
        if (rune.Value == 0x130)
        {
            target.Add(new Rune('i'));
            target.Add(new Rune('\u0307'));
            return false;
        }
        var lower = Rune.ToLowerInvariant(rune);
        if (lower == rune) return true;
        target.Add(lower);
        return false;
    }
}
