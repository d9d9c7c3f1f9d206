using System.Text;
using System.Text.Json.Nodes;

namespace NoraPipelines.Tokenization;

/// <summary>
/// Reads vocab.txt, BERT's file from before tokenizer.json, whose line numbers are the ids, by writing down the tokenizer.json that transformers
/// converts it to (convert_slow_tokenizer.py: BertConverter).
/// </summary>
internal static class WordPieceVocabularyReader
{
    private static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <exception cref="TokenizerException">A file is missing or damaged, or the vocabulary is of another kind.</exception>
    public static TokenizerParts Read(string path, FolderTokens tokens)
    {
        string[] pieces = [.. TokenizerFile.ReadText(path).TrimEnd('\n').Split('\n').Select(line => line.TrimEnd('\r'))];
        var ids = new JsonObject();
        for (var id = 0; id < pieces.Length; id++)
        {
            if (ids.TryAdd(pieces[id], id)) continue;
            throw new TokenizerException($"{path}:{id + 1}: \"{pieces[id]}\" is there twice; expected each token once. Copy the file from the model's "
                + "publisher again.");
        }
        if (Special.FirstOrDefault(token => !ids.ContainsKey(token)) is { } missing)
            throw new TokenizerException($"{path} lacks {missing}, so it is no vocabulary of the BERT kind. Put the model's tokenizer.json beside it.");

        var (start, end) = (ids["[CLS]"]!.GetValue<int>(), ids["[SEP]"]!.GetValue<int>());
        var json = new JsonObject
        {
            ["added_tokens"] = new JsonArray([.. Special.Select(token => Added(token, ids[token]!.GetValue<int>()))]),
            ["normalizer"] = new JsonObject
            {
                ["type"] = "BertNormalizer",
                ["clean_text"] = true,
                ["handle_chinese_chars"] = true,
                ["strip_accents"] = null, // as lowercase; tokenizer_config.json beside it has the last word (BertSettings)
                ["lowercase"] = true,
            },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = new JsonObject
            {
                ["type"] = "TemplateProcessing",
                ["single"] = new JsonArray(Mark("[CLS]"), Text("A", 0), Mark("[SEP]")),
                ["pair"] = new JsonArray(Mark("[CLS]"), Text("A", 0), Mark("[SEP]"), Text("B", 1), Mark("[SEP]", 1)),
                ["special_tokens"] = new JsonObject { ["[CLS]"] = Ids("[CLS]", start), ["[SEP]"] = Ids("[SEP]", end) },
            },
            ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = "[UNK]",
                ["continuing_subword_prefix"] = "##",
                ["max_input_chars_per_word"] = 100,
                ["vocab"] = ids,
            },
        };
        return TokenizerJsonReader.Read(path, Encoding.UTF8.GetBytes(json.ToJsonString()), tokens);
    }

    private static JsonNode Added(string token, int id) => new JsonObject
    {
        ["id"] = id,
        ["content"] = token,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };

    private static JsonObject Mark(string token, int type = 0) => new() { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = type } };

    private static JsonObject Text(string which, int type) => new() { ["Sequence"] = new JsonObject { ["id"] = which, ["type_id"] = type } };

    private static JsonObject Ids(string token, int id) =>
        new() { ["id"] = token, ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray(token) };
}
