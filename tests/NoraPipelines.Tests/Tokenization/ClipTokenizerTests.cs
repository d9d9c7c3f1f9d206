using System.IO.Compression;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NoraPipelines.Tests.Tokenization;

public class ClipTokenizerTests
{
    private const string Vocabulary = "data/tokenizers/clip/bpe_simple_vocab_16e6.txt.gz";
    private const string Cases = "clip-tokenizer/cases.json";

    /// <summary>The published vocabulary as tokenizer.json: tokens in the order of openai/CLIP's simple_tokenizer.py.</summary>
    private static string Json()
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Shared.Path(Vocabulary)), CompressionMode.Decompress));
        var merges = reader.ReadToEnd().Split('\n').Skip(1).Take(49152 - 256 - 2).Select(line => line.Split(' ')).ToList();
        int[] printable = [.. Enumerable.Range(33, 94), .. Enumerable.Range(161, 12), .. Enumerable.Range(174, 82)];
        var bytes = printable.Concat(Enumerable.Range(256, 256 - printable.Length)).Select(value => ((char)value).ToString()).ToList();
        var tokens = bytes.Concat(bytes.Select(b => b + "</w>")).Concat(merges.Select(merge => merge[0] + merge[1])).Concat(["<|startoftext|>", "<|endoftext|>"]);
        var vocab = tokens.Select((token, id) => (token, id)).ToDictionary(x => x.token, x => x.id);
        return new JsonObject
        {
            ["added_tokens"] = JsonNode.Parse("""[{ "id": 49406, "content": "<|startoftext|>", "special": true }, { "id": 49407, "content": "<|endoftext|>", "special": true }]"""),
            ["normalizer"] = JsonNode.Parse("""
                { "type": "Sequence", "normalizers": [{ "type": "NFC" }, { "type": "Replace", "pattern": { "Regex": "\\s+" }, "content": " " }, { "type": "Lowercase" }] }
                """),
            ["pre_tokenizer"] = JsonNode.Parse("""
                { "type": "Sequence", "pretokenizers": [
                  { "type": "Split", "pattern": { "Regex": "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+" }, "behavior": "Removed", "invert": true },
                  { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true }] }
                """),
            ["post_processor"] = JsonNode.Parse("""{ "type": "RobertaProcessing", "sep": ["<|endoftext|>", 49407], "cls": ["<|startoftext|>", 49406], "trim_offsets": false, "add_prefix_space": false }"""),
            ["decoder"] = JsonNode.Parse("""{ "type": "ByteLevel" }"""),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["unk_token"] = "<|endoftext|>",
                ["continuing_subword_prefix"] = "",
                ["end_of_word_suffix"] = "</w>",
                ["vocab"] = JsonSerializer.SerializeToNode(vocab),
                ["merges"] = JsonSerializer.SerializeToNode(merges),
            },
        }.ToJsonString();
    }

    [SharedFact(Vocabulary)]
    public void Texts_have_the_ids_of_the_published_tokenizer()
    {
        var tokenizer = TemporaryTokenizer.Json(Json());
        Assert.Equal(49408, tokenizer.VocabularySize);
        using var cases = JsonDocument.Parse(File.ReadAllText(GoldenFile.Path(Cases)));
        var compared = 0;
        foreach (var item in cases.RootElement.EnumerateArray())
        {
            var (text, ids) = (item.GetProperty("text").GetString()!, item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray());
            text = WebUtility.HtmlDecode(WebUtility.HtmlDecode(text)); // basic_clean of the reference, which is no part of the format
            var found = tokenizer.Encode(text, addSpecialTokens: false);
            Assert.True(ids.SequenceEqual(found), $"\"{text}\": expected {string.Join(' ', ids)}, got {string.Join(' ', found)}");
            Assert.Equal([49406, .. ids, 49407], tokenizer.Encode(text));
            compared++;
        }
        Assert.Equal(200, compared);
    }
}
