using System.Text;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace NoraPipelines.Tokenization;

/// <summary>
/// Reads vocab.json with merges.txt, the files of byte-level BPE from before tokenizer.json, by writing down the tokenizer.json that
/// transformers converts them to (convert_slow_tokenizer.py: RobertaConverter, GPT2Converter).
/// </summary>
internal static class VocabularyAndMergesReader
{
    private static readonly string[] RobertaTokens = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"];
    private static readonly string[] GptTokens = ["<|endoftext|>"];

    /// <exception cref="TokenizerException">A file is missing or damaged, or the vocabulary is of another kind.</exception>
    public static TokenizerParts Read(string vocabularyPath)
    {
        using var document = TokenizerFile.ReadJson(vocabularyPath);
        var file = new TokenizerJson(vocabularyPath, "", document.RootElement);
        file.RequireKind(System.Text.Json.JsonValueKind.Object, "an object of tokens with their ids");
        var merges = ReadMerges(Path.Combine(Path.GetDirectoryName(vocabularyPath)!, TokenizerFiles.Merges));
        var isRoberta = file.Find("<s>") is not null && file.Find("</s>") is not null;
        if (document.RootElement.EnumerateObject().Any(member => member.Name.EndsWith("</w>", StringComparison.Ordinal)))
        {
            throw new TokenizerException($"{vocabularyPath}: its tokens end in \"</w>\", so it is no byte-level vocabulary of the GPT-2 or RoBERTa kind. "
                + "Put the model's tokenizer.json beside it.");
        }
        var json = new JsonObject
        {
            ["added_tokens"] = Added(file, isRoberta ? RobertaTokens : GptTokens),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true },
            ["post_processor"] = isRoberta
                ? new JsonObject { ["type"] = "RobertaProcessing", ["sep"] = Pair(file, "</s>"), ["cls"] = Pair(file, "<s>") }
                : new JsonObject { ["type"] = "ByteLevel" },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = JsonNode.Parse(document.RootElement.GetRawText()),
                ["merges"] = merges,
            },
        };
        return TokenizerJsonReader.Read(vocabularyPath, Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    private static JsonArray ReadMerges(string path)
    {
        var bytes = TokenizerFile.ReadBytes(path);
        if (!Utf8.IsValid(bytes)) throw new TokenizerException($"{path} is not valid UTF-8. It is damaged: copy it from the model's publisher again.");
        var merges = new JsonArray();
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n').Select(line => line.TrimEnd('\r')))
        {
            number++;
            if (line.Length == 0 || (number == 1 && line.StartsWith("#version", StringComparison.Ordinal))) continue;
            if (line.Split(' ') is not [{ Length: > 0 } left, { Length: > 0 } right])
                throw new TokenizerException($"{path}:{number}: is \"{line}\"; expected two tokens with a space between them. Copy the file from the model's publisher again.");
            merges.Add((JsonNode)new JsonArray(left, right));
        }
        return merges;
    }

    private static JsonArray Added(TokenizerJson file, string[] tokens) =>
        [.. tokens.Where(token => file.Find(token) is not null).Select(token => (JsonNode)new JsonObject
        {
            ["id"] = file.Get(token).AsInt(),
            ["content"] = token,
            ["single_word"] = false,
            ["lstrip"] = token == "<mask>", // the mask stands for a word and the space before it
            ["rstrip"] = false,
            ["normalized"] = false,
            ["special"] = true,
        })];

    private static JsonArray Pair(TokenizerJson file, string token) => [token, file.Get(token).AsInt()];
}
