using System.Globalization;
using System.Text;

namespace NoraPipelines.Tokenization;

/// <summary>The first two steps of BERT's normalizer: control characters dropped, white space made spaces; spaces around CJK characters.</summary>
internal sealed class BertCleanNormalizer(bool cleanText, bool spaceAroundChinese) : RuneNormalizer
{
    private static readonly Rune Space = new(' ');

    protected override bool Keeps(Rune rune, List<Rune> target)
    {
        if (cleanText)
        {
            if (rune.Value is 0 or 0xFFFD || IsControl(rune)) return false;
            if (Rune.IsWhiteSpace(rune))
            {
                target.Add(Space);
                return false;
            }
        }
        if (!spaceAroundChinese || !IsChinese(rune.Value)) return true;
        target.AddRange([Space, rune, Space]);
        return false;
    }

    /// <summary>As huggingface/tokenizers has it: a code point that no version of Unicode assigns is not among them.</summary>
    private static bool IsControl(Rune rune) => rune.Value is not ('\t' or '\n' or '\r') && Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse;

    /// <summary>The blocks that google-research/bert (tokenization.py, _is_chinese_char) lists.</summary>
    private static bool IsChinese(int c) => c is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B820 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x2F800 and <= 0x2FA1F);
}
