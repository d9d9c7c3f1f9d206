using System.Text;
using System.Text.Json.Nodes;

namespace NoraPipelines.Tokenization;

/// <summary>
/// Reads vocab.json with merges.txt, the files of byte-level BPE from before tokenizer.json, by writing down the tokenizer.json that
/// transformers converts them to (convert_slow_tokenizer.py: RobertaConverter, GPT2Converter, Qwen2Converter, CLIPConverter).
/// </summary>
internal static class VocabularyAndMergesReader
{
    private static readonly string[] RobertaTokens = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"];
    private static readonly string[] GptTokens = ["<|endoftext|>"];
    private static readonly string[] ClipTokens = ["<|startoftext|>", "<|endoftext|>"];

    private const string EndOfWord = "</w>";

    // convert_slow_tokenizer.py, CLIPConverter; what it does not match, white space, is left out.
    private const string ClipWords = @"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

    // tokenization_qwen2.py, PRETOKENIZE_REGEX.
    private const string QwenWords =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private enum Kind
    {
        Gpt,
        Roberta,
        Qwen,
        Clip,
    }

    /// <exception cref="TokenizerException">A file is missing or damaged, or the vocabulary is of another kind.</exception>
    public static TokenizerParts Read(string vocabularyPath, FolderTokens tokens)
    {
        using var document = TokenizerFile.ReadJson(vocabularyPath);
        var file = new TokenizerJson(vocabularyPath, "", document.RootElement);
        file.RequireKind(System.Text.Json.JsonValueKind.Object, "an object of tokens with their ids");
        var merges = ReadMerges(Path.Combine(Path.GetDirectoryName(vocabularyPath)!, TokenizerFiles.Merges));
        var kind = KindOf(file, tokens);
        if (kind == Kind.Clip) return Parts(Clip(file, merges));
        if (EndsWords(file))
        {
            throw new TokenizerException($"{vocabularyPath}: its tokens end in \"{EndOfWord}\", so it is no byte-level vocabulary of the GPT-2, RoBERTa or CLIP kind. "
                + "Put the model's tokenizer.json beside it.");
        }
        return Parts(new JsonObject
        {
            ["added_tokens"] = Added(file, kind == Kind.Roberta ? RobertaTokens : GptTokens),
            ["normalizer"] = kind == Kind.Qwen ? new JsonObject { ["type"] = "NFC" } : null,
            ["pre_tokenizer"] = kind == Kind.Qwen ? QwenSplit() : ByteLevel(
                tokens.Config?.GetBool("add_prefix_space", false) ?? false, wordsOfGpt: true),
            ["post_processor"] = kind == Kind.Roberta
                ? new JsonObject { ["type"] = "RobertaProcessing", ["sep"] = Pair(file, "</s>"), ["cls"] = Pair(file, "<s>") }
                : Begin(file, kind, tokens) ?? new JsonObject { ["type"] = "ByteLevel" },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = JsonNode.Parse(document.RootElement.GetRawText()),
                ["merges"] = merges,
            },
        });

        TokenizerParts Parts(JsonObject json) => TokenizerJsonReader.Read(vocabularyPath, Encoding.UTF8.GetBytes(json.ToJsonString()), tokens);
    }

    private static bool EndsWords(TokenizerJson file) =>
        file.Value.EnumerateObject().Any(member => member.Name.EndsWith(EndOfWord, StringComparison.Ordinal));

    private static JsonObject Clip(TokenizerJson file, JsonArray merges) => new()
    {
        ["added_tokens"] = Added(file, ClipTokens),
        ["normalizer"] = Steps("normalizers",
            new JsonObject { ["type"] = "NFC" },
            new JsonObject { ["type"] = "Replace", ["pattern"] = new JsonObject { ["Regex"] = @"\s+" }, ["content"] = " " },
            new JsonObject { ["type"] = "Lowercase" }),
        ["pre_tokenizer"] = Steps("pretokenizers",
            new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = ClipWords }, ["behavior"] = "Removed", ["invert"] = true },
            ByteLevel(space: false, wordsOfGpt: true)),
        ["post_processor"] = new JsonObject { ["type"] = "RobertaProcessing", ["sep"] = Pair(file, ClipTokens[1]), ["cls"] = Pair(file, ClipTokens[0]) },
        ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
        ["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["unk_token"] = ClipTokens[1],
            ["end_of_word_suffix"] = EndOfWord,
            ["vocab"] = JsonNode.Parse(file.Value.GetRawText()),
            ["merges"] = merges,
        },
    };

    /// <summary>By the class that tokenizer_config.json names, and without one by CLIP's tokens or RoBERTa's first ids.</summary>
    private static Kind KindOf(TokenizerJson file, FolderTokens tokens) => tokens.Class switch
    {
        "Qwen2Tokenizer" => Kind.Qwen,
        "GPT2Tokenizer" or "CodeGenTokenizer" => Kind.Gpt,
        "RobertaTokenizer" or "BartTokenizer" or "LongformerTokenizer" => Kind.Roberta,
        "CLIPTokenizer" => Kind.Clip,
        null or "PreTrainedTokenizer" when file.Find(ClipTokens[0]) is not null && EndsWords(file) => Kind.Clip,
        null or "PreTrainedTokenizer" => (string[])["<s>", "<pad>", "</s>", "<unk>"] is var first
            && first.Select((token, id) => file.Find(token) is { Value.ValueKind: System.Text.Json.JsonValueKind.Number } found && found.AsInt() == id).All(same => same)
            ? Kind.Roberta : Kind.Gpt,
        var other => throw tokens.Config!.Value.Get("tokenizer_class").Error($"is {other}; a {TokenizerFiles.Vocabulary} is read as Qwen2Tokenizer, GPT2Tokenizer, "
            + "RobertaTokenizer or CLIPTokenizer has it. Put the model's tokenizer.json beside it: AutoTokenizer.from_pretrained(folder).save_pretrained(folder) writes one."),
    };

    private static JsonObject ByteLevel(bool space, bool wordsOfGpt) =>
        new() { ["type"] = "ByteLevel", ["add_prefix_space"] = space, ["trim_offsets"] = true, ["use_regex"] = wordsOfGpt };

    private static JsonObject QwenSplit() => Steps("pretokenizers",
        new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = QwenWords }, ["behavior"] = "Isolated", ["invert"] = false },
        ByteLevel(space: false, wordsOfGpt: false));

    private static JsonObject Steps(string steps, params JsonNode[] each) => new() { ["type"] = "Sequence", [steps] = new JsonArray(each) };

    /// <summary>GPT2Converter's template where add_bos_token is on; null: nothing is put around a text.</summary>
    private static JsonObject? Begin(TokenizerJson file, Kind kind, FolderTokens tokens)
    {
        if (kind != Kind.Gpt || !(tokens.Config?.GetBool("add_bos_token", false) ?? false)) return null;
        var begin = tokens.Named.GetValueOrDefault("bos_token")?.Content ?? GptTokens[0];
        var id = tokens.Added.FirstOrDefault(token => token.Content == begin)?.Id ?? file.Get(begin).AsInt();
        static JsonObject Sequence(string which) => new() { ["Sequence"] = new JsonObject { ["id"] = which, ["type_id"] = 0 } };
        JsonObject Mark() => new() { ["SpecialToken"] = new JsonObject { ["id"] = begin, ["type_id"] = 0 } };
        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray(Mark(), Sequence("A")),
            ["pair"] = new JsonArray(Mark(), Sequence("A"), Mark(), Sequence("B")),
            ["special_tokens"] = new JsonObject { [begin] = new JsonObject { ["id"] = begin, ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray(begin) } },
        };
    }

    private static JsonArray ReadMerges(string path)
    {
        var merges = new JsonArray();
        var number = 0;
        foreach (var line in TokenizerFile.ReadText(path).Split('\n').Select(line => line.TrimEnd('\r')))
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
