using NoraPipelines.Tests.Tokenization.Peers;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

public class Gpt2TokenizerTests
{
    private const string Folder = "data/tokenizers/gpt2";
    private static readonly Lazy<TextTokenizer> Tokenizer = new(() => TextTokenizer.Load(Shared.Path(Folder)));

    [SharedFact(Folder)]
    public void Hello_world_has_the_published_ids()
    {
        Assert.Equal([15496, 995], Tokenizer.Value.Encode("Hello world"));
        Assert.Equal(50257, Tokenizer.Value.VocabularySize);
        Assert.Equal(50256, Tokenizer.Value.EndId);
    }

    [SharedFact(Folder)]
    public void Hard_texts_have_the_ids_of_the_published_algorithm()
    {
        var peer = new Gpt2Encoder(Shared.Path(Folder));
        foreach (var text in HardTexts.All)
        {
            var parts = text.Split("<|endoftext|>"); // which the published algorithm does not look for
            var expected = peer.Encode(parts[0]);
            foreach (var part in parts.Skip(1)) expected.AddRange([50256, .. peer.Encode(part)]);
            Assert.True(expected.SequenceEqual(Tokenizer.Value.Encode(text)),
                $"\"{text}\": expected {string.Join(' ', expected)}, got {string.Join(' ', Tokenizer.Value.Encode(text))}");
        }
    }

    [SharedFact(Folder)]
    public void Hard_texts_come_back()
    {
        foreach (var text in HardTexts.All)
            Assert.Equal(text, Tokenizer.Value.Decode(Tokenizer.Value.Encode(text), skipSpecialTokens: false));
    }
}
