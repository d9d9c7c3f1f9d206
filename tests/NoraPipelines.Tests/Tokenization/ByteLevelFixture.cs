using System.Text.Json;
using System.Text.Json.Nodes;

namespace NoraPipelines.Tests.Tokenization;

/// <summary>Small byte-level tokenizer.json files, made in the test: the 256 bytes have the ids 0 to 255 in order of their characters.</summary>
internal static class ByteLevelFixture
{
    /// <summary>The pattern of Llama 3, as published in its tokenizer.json.</summary>
    public const string Llama3Pattern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public static JsonObject Llama3(IReadOnlyList<(string Left, string Right)> merges, params string[] wholeWords)
    {
        var json = Plain(merges, wholeWords);
        json["pre_tokenizer"] = JsonNode.Parse($$"""
            { "type": "Sequence", "pretokenizers": [
              { "type": "Split", "pattern": { "Regex": {{JsonSerializer.Serialize(Llama3Pattern)}} }, "behavior": "Isolated", "invert": false },
              { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false }]}
            """);
        json["model"]!["ignore_merges"] = true;
        var next = json["model"]!["vocab"]!.AsObject().Count;
        json["added_tokens"] = new JsonArray([.. new[] { "<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>" }.Select((content, i) => (JsonNode)new JsonObject
        {
            ["id"] = next + i, ["content"] = content, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true,
        })]);
        json["post_processor"] = JsonNode.Parse($$"""
            { "type": "Sequence", "processors": [
              { "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true },
              { "type": "TemplateProcessing",
                "single": [{ "SpecialToken": { "id": "<|begin_of_text|>", "type_id": 0 } }, { "Sequence": { "id": "A", "type_id": 0 } }],
                "pair": [], "special_tokens": { "<|begin_of_text|>": { "id": "<|begin_of_text|>", "ids": [{{next}}], "tokens": ["<|begin_of_text|>"] } } }]}
            """);
        return json;
    }

    public static JsonObject Plain(IReadOnlyList<(string Left, string Right)> merges, params string[] wholeWords)
    {
        var tokens = Enumerable.Range(0, 256).Select(value => Alphabet(value).ToString()).Order(StringComparer.Ordinal)
            .Concat(merges.Select(merge => merge.Left + merge.Right)).Concat(wholeWords).Distinct().ToList();
        var vocab = new JsonObject();
        foreach (var token in tokens) vocab[token] = vocab.Count;
        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(),
            ["normalizer"] = null,
            ["pre_tokenizer"] = JsonNode.Parse("""{ "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true }"""),
            ["post_processor"] = null,
            ["decoder"] = JsonNode.Parse("""{ "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true }"""),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocab,
                ["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)new JsonArray(merge.Left, merge.Right))]),
            },
        };
    }

    public static int Id(JsonObject json, string token) => json["model"]!["vocab"]![token]!.GetValue<int>();

    private static char Alphabet(int value)
    {
        bool IsPrintable(int b) => b is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255);
        return (char)(IsPrintable(value) ? value : 256 + Enumerable.Range(0, value).Count(b => !IsPrintable(b)));
    }
}
