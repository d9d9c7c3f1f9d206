using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

public class GemmaTokenizerTests
{
    /// <summary>As Gemma's: spaces become "▁", none is put in front, cut at nothing but spaces, spelled in bytes where needed.</summary>
    private static readonly TextTokenizer Tokenizer = TemporaryTokenizer.Json($$"""
        { "added_tokens": [
            { "id": 0, "content": "<pad>", "special": true }, { "id": 1, "content": "<eos>", "special": true }, { "id": 2, "content": "<bos>", "special": true },
            { "id": 3, "content": "\n\n", "special": false }],
          "normalizer": { "type": "Replace", "pattern": { "String": " " }, "content": "▁" },
          "pre_tokenizer": { "type": "Split", "pattern": { "String": " " }, "behavior": "MergedWithPrevious", "invert": false },
          "post_processor": { "type": "TemplateProcessing", "single": [{ "SpecialToken": { "id": "<bos>", "type_id": 0 } }, { "Sequence": { "id": "A", "type_id": 0 } }],
            "pair": [], "special_tokens": { "<bos>": { "id": "<bos>", "ids": [2], "tokens": ["<bos>"] } } },
          "decoder": { "type": "Sequence", "decoders": [{ "type": "Replace", "pattern": { "String": "▁" }, "content": " " }, { "type": "ByteFallback" }, { "type": "Fuse" }] },
          "model": { "type": "BPE", "unk_token": "<pad>", "fuse_unk": true, "byte_fallback": true, "ignore_merges": false,
            "vocab": { "<pad>": 0, "<eos>": 1, "<bos>": 2, "\n\n": 3, "▁": 4, "a": 5, "b": 6, "▁a": 7, "ab": 8, "▁▁": 9,
              {{string.Join(", ", Enumerable.Range(0, 256).Select(value => $"\"<0x{value:X2}>\": {value + 10}"))}} },
            "merges": [["▁", "▁"], ["▁", "a"], ["a", "b"]] } }
        """);

    [Fact]
    public void No_space_is_put_in_front_and_runs_of_spaces_merge()
    {
        Assert.Equal([2, 8, 7, 6, 9, 5], Tokenizer.Encode("ab ab  a"));
        Assert.Equal([2, 8, 3, 8], Tokenizer.Encode("ab\n\nab"));
        Assert.Equal((2, 1, 0), (Tokenizer.BeginId, Tokenizer.EndId, Tokenizer.PadId));
    }

    [Fact]
    public void What_the_vocabulary_lacks_is_spelled_in_bytes()
    {
        Assert.Equal([5, 0xC3 + 10, 0xA9 + 10, '\n' + 10], Tokenizer.Encode("aé\n", addSpecialTokens: false));
        Assert.Equal("é\uFFFD\uFFFDa", Tokenizer.Decode([0xC3 + 10, 0xA9 + 10, 5 + 0, 0xE2 + 10, 0x82 + 10, 5]).Remove(1, 1)); // half a character: U+FFFD for each byte
    }

    [Fact]
    public void Every_text_comes_back_but_for_the_mark_itself()
    {
        foreach (var text in HardTexts.All)
            Assert.Equal(text.Replace('▁', ' '), Tokenizer.Decode(Tokenizer.Encode(text, addSpecialTokens: false), skipSpecialTokens: false));
    }
}
