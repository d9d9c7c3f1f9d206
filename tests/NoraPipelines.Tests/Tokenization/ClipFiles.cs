using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

/// <summary>The published vocabulary of CLIP in both of its forms: tokens in the order of openai/CLIP's simple_tokenizer.py.</summary>
internal sealed class ClipFiles : IDisposable
{
    public const string Vocabulary = "data/tokenizers/clip/bpe_simple_vocab_16e6.txt.gz";

    private readonly TemporaryFolder _folder = new();

    /// <param name="old">vocab.json with merges.txt; otherwise tokenizer.json.</param>
    public TextTokenizer Load(bool old)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Shared.Path(Vocabulary)), CompressionMode.Decompress));
        var merges = reader.ReadToEnd().Split('\n').Skip(1).Take(49152 - 256 - 2).Select(line => line.Split(' ')).ToList();
        int[] printable = [.. Enumerable.Range(33, 94), .. Enumerable.Range(161, 12), .. Enumerable.Range(174, 82)];
        var bytes = printable.Concat(Enumerable.Range(256, 256 - printable.Length)).Select(value => ((char)value).ToString()).ToList();
        var tokens = bytes.Concat(bytes.Select(b => b + "</w>")).Concat(merges.Select(merge => merge[0] + merge[1])).Concat(["<|startoftext|>", "<|endoftext|>"]);
        var vocab = tokens.Select((token, id) => (token, id)).ToDictionary(x => x.token, x => x.id);
        if (old)
        {
            File.WriteAllText(_folder["vocab.json"], JsonSerializer.Serialize(vocab));
            File.WriteAllText(_folder["merges.txt"], "#version: 0.2\n" + string.Join('\n', merges.Select(merge => $"{merge[0]} {merge[1]}")) + "\n");
            return TextTokenizer.Load(_folder.Path);
        }
        File.WriteAllText(_folder["tokenizer.json"], Json(vocab, merges));
        return TextTokenizer.Load(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    private static string Json(Dictionary<string, int> vocab, List<string[]> merges) => new JsonObject
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
