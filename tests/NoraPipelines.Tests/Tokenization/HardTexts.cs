namespace NoraPipelines.Tests.Tokenization;

/// <summary>Texts that tokenizers are known to differ on.</summary>
internal static class HardTexts
{
    public static IReadOnlyList<string> All { get; } =
    [
        "", " ", "  ", "\n", "a", " a", "a ", "Hello world", "Hello  world", "  leading and trailing  ",
        "tabs\t\tand\tmore \t mixed", "lines\nand\n\nblank\n\n\nlines\n", "CRLF\r\nand\r\n\r\nmore\r", " \n \n x", "\u00A0no\u00A0break\u3000wide\u2003em\u2028line\u0085next",
        "I'm you're he's we've they'll she'd don't 'tis O'Neill's ''s 'S I'M", "Wow!!! ... --- ??? (a+b)*c=[d]{e};", "3.14159 1,000,000 2^10 12345678901234567890 ½ Ⅷ ²³ ٣٤٥ 一二三",
        "café cafe\u0301 naïve Ångström A\u030Angstro\u0308m q\u0323\u0307 q\u0307\u0323 Việt Nam", "ﬁ ﬂ ﬃ ① ㎏ ™ ß ẞ İstanbul ısı Σίσυφος ΟΔΥΣΣΕΥΣ",
        "😀", "a😀b 😀😀 😀 x", "👨‍👩‍👧‍👦 family", "🏳️‍🌈 🇫🇷🇩🇪 👍🏽 ❤️ ☺︎", "𝒳𝓎 𝟙𝟚𝟛 𐐀𐐨 𠀀𠀁 \U000E0041 😀𝒳9𝟙", "中文字符混合English和日本語テキスト、한국어 텍스트", "한글 \u1112\u1161\u11AB\u1100\u1173\u11AF",
        "مرحبا بالعالم، كيف حالك؟ שָׁלוֹם नमस्ते दुनिया ไทย", "zero\u200Bwidth\u200Djoiner\uFEFFbom\u00ADsoft", "\0\u0001\u007F\u0080", "<s>", "</s> <unk> <pad>", "a<s>b</s>c", "<|endoftext|>", "x <|endoftext|> y<|endoftext|>",
        "<|endoftext", "<|endoftext|><|endoftext|>", "[CLS] a [SEP] [MASK]", "<0x41><0x0A>", "▁ ▁▁ a▁b Ġ Ċ", "The answer is: 42", "Question: Janet’s ducks lay 16 eggs per day.\nAnswer: 16 - 3 - 4 = <<16-3-4=9>>9\n#### 18",
        new string(' ', 50), new string('a', 1000), string.Concat(Enumerable.Repeat("abcdefghij", 300)), new string('\n', 37) + "x", string.Concat(Enumerable.Repeat("😀", 60)),
        "def f(x):\n    if x > 0:\n        return \"y\"  # ok\n\treturn None\n", "http://example.com/a?b=c&d=%20#e user@host.org C:\\dir\\file.txt",
    ];
}
