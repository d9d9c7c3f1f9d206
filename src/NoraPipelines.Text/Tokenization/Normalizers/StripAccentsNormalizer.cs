using System.Globalization;
using System.Text;

namespace NoraPipelines.Tokenization;

/// <summary>Drops combining marks. It follows a decomposition (NFD), or composed letters keep their accents.</summary>
internal sealed class StripAccentsNormalizer(bool spacingMarksToo = true) : RuneNormalizer
{
    protected override bool Keeps(Rune rune, List<Rune> target) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark => false,
        UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => !spacingMarksToo,
        _ => true,
    };
}
