using System.Text.Json;

namespace NoraPipelines.Tokenization;

/// <summary>
/// The ids of the tokens that begin, end and pad a text. Of what the folder says the first counts: tokenizer_config.json,
/// special_tokens_map.json, config.json, generation_config.json; then well-known names.
/// </summary>
/// <param name="Ends">All that end a generated text: End, and eos_token_id of generation_config.json (config.json where there is none),
/// which chat models give several of.</param>
internal sealed record SpecialTokenIds(int? Begin, int? End, int? Pad, IReadOnlyList<int> Ends)
{
    private static readonly string[] NameFiles = ["tokenizer_config.json", "special_tokens_map.json"];
    private static readonly string[] IdFiles = ["config.json", "generation_config.json"];

    private static readonly string[] BeginNames = ["<s>", "<|begin_of_text|>", "<bos>", "<|startoftext|>", "[CLS]"];
    private static readonly string[] EndNames = ["</s>", "<|end_of_text|>", "<eos>", "<|endoftext|>", "[SEP]"];
    private static readonly string[] PadNames = ["<pad>", "[PAD]", "<|pad|>", "<|finetune_right_pad_id|>"];

    public static IReadOnlyList<string> FileNames { get; } = [.. NameFiles, .. IdFiles];

    /// <exception cref="TokenizerException">A file of the folder is damaged, or names a token that the vocabulary lacks.</exception>
    public static SpecialTokenIds Read(string folder, Vocabulary vocabulary)
    {
        var documents = FileNames.Select(name => Path.Combine(folder, name)).Where(File.Exists)
            .Select(path => (Path: path, Document: TokenizerFile.ReadJson(path))).ToList();
        try
        {
            var files = documents.Select(x => new TokenizerJson(x.Path, "", x.Document.RootElement)).ToList();
            var end = Find("eos_token", EndNames);
            var generation = files.Where(file => !IsNameFile(file) && file.Find("eos_token_id") is not null).TakeLast(1);
            int[] ends = [.. end is { } first ? (int[])[first] : [], .. generation.SelectMany(file => AllById(file, "eos_token_id"))];
            return new SpecialTokenIds(Find("bos_token", BeginNames), end, Find("pad_token", PadNames), [.. ends.Distinct()]);

            int? Find(string key, string[] wellKnown) => files.Select(file => IsNameFile(file) ? ByName(file, key) : ById(file, key + "_id"))
                .Concat(wellKnown.Select(name => vocabulary.Find(name))).FirstOrDefault(id => id is not null);
        }
        finally
        {
            foreach (var (_, document) in documents) document.Dispose();
        }

        int? ByName(TokenizerJson file, string key)
        {
            if (file.Find(key) is not { } token) return null;
            var name = token.Value.ValueKind == JsonValueKind.Object ? token.GetString("content") : token.AsString();
            return vocabulary.Find(name) ?? throw token.Error(
                $"is \"{name}\", which the tokenizer's vocabulary lacks. The two files do not belong together: copy both from the model's publisher again.");
        }

        // Several may end a text (Llama 3.1); the first is the one to write.
        int? ById(TokenizerJson file, string key) => AllById(file, key).Select(id => (int?)id).FirstOrDefault();

        IEnumerable<int> AllById(TokenizerJson file, string key)
        {
            if (file.Find(key) is not { } id) return [];
            var values = id.Value.ValueKind == JsonValueKind.Array ? id.Items().Select(item => item.AsInt()) : [id.AsInt()];
            return values.Where(value => vocabulary.Find(value) is not null); // not −1 for "none", or a default of another model
        }
    }

    private static bool IsNameFile(TokenizerJson file) => NameFiles.Contains(Path.GetFileName(file.File));
}
