using NoraPipelines.Tests.Tokenization.Peers;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

public class LlamaTokenizerTests
{
    private const string Stories = "data/models/stories260k";

    [SharedFact(Stories)]
    public void Hard_texts_have_the_ids_of_llama2c()
    {
        var tokenizer = TextTokenizer.Load(Shared.Path(Stories));
        var peer = new Llama2cEncoder(Shared.Path(Stories + "/tok512.bin"), 512);
        Assert.Equal(512, tokenizer.VocabularySize);
        var compared = 0;
        foreach (var text in HardTexts.All)
        {
            // llama2.c does not look for special tokens, and has no "▁" of its own: its vocabulary writes a space.
            if (text.Contains("<s>") || text.Contains("</s>") || text.Contains("<unk>") || text.Contains('▁')) continue;
            var (expected, found) = (peer.Encode(text, begin: true), tokenizer.Encode(text));
            Assert.True(expected.SequenceEqual(found), $"\"{text}\": expected {string.Join(' ', expected)}, got {string.Join(' ', found)}");
            Assert.Equal(text, tokenizer.Decode(found));
            compared++;
        }
        Assert.True(compared > 40, $"only {compared} texts compared");
    }
}
