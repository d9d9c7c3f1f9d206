namespace NoraPipelines.Tokenization;

/// <summary>
/// The ids of the tokens that begin, end and pad a text, and the texts by which a chat template knows such tokens: one place decides for both.
/// Of what the folder says the first counts: the names (<see cref="FolderTokens"/>), config.json, generation_config.json; then well-known names,
/// but only of added tokens: any vocabulary may have a piece "&lt;s&gt;".
/// </summary>
/// <param name="Ends">All that end a generated text: End, and eos_token_id of generation_config.json (config.json where there is none),
/// which chat models give several of.</param>
/// <param name="Foreign">Of the ids that count, those of no token, with the file and the key that give them.</param>
/// <param name="Texts">By key (bos_token …), of those that a file names; null: it names it as none.</param>
internal sealed record SpecialTokenIds(
    int? Begin, int? End, int? Pad, IReadOnlyList<int> Ends, IReadOnlyList<(string Place, int Id)> Foreign, IReadOnlyDictionary<string, string?> Texts)
{
    private static readonly string[] IdFiles = ["config.json", "generation_config.json"];

    private static readonly string[] BeginNames = ["<s>", "<|begin_of_text|>", "<bos>", "<|startoftext|>", "[CLS]"];
    private static readonly string[] EndNames = ["</s>", "<|end_of_text|>", "<eos>", "<|endoftext|>", "[SEP]"];
    private static readonly string[] PadNames = ["<pad>", "[PAD]", "<|pad|>", "<|finetune_right_pad_id|>"];

    /// <exception cref="TokenizerException">A file of the folder is damaged, or names a token that the vocabulary lacks.</exception>
    public static SpecialTokenIds Read(string folder, FolderTokens tokens, TokenizerParts parts)
    {
        var vocabulary = parts.Model.Vocabulary;
        var documents = IdFiles.Select(name => Path.Combine(folder, name)).Where(TokenizerFile.IsThere)
            .Select(path => (Path: path, Document: TokenizerFile.ReadJson(path))).ToList();
        try
        {
            var files = documents.Select(x => new TokenizerJson(x.Path, "", x.Document.RootElement)).ToList();
            var foreign = new List<(string Place, int Id)>();
            var (begin, end, pad) = (Find("bos_token", BeginNames), Find("eos_token", EndNames), Find("pad_token", PadNames));
            var generation = files.Where(file => file.Find("eos_token_id") is not null).TakeLast(1);
            int[] ends = [.. end is { } first ? (int[])[first] : [], .. generation.SelectMany(file => Known(file, "eos_token_id"))];
            var texts = tokens.Named.ToDictionary(named => named.Key, named => named.Value?.Content, StringComparer.Ordinal);
            foreach (var key in (string[])["bos_token", "eos_token", "pad_token"])
                if (!texts.ContainsKey(key) && Given(key) is { } id) texts[key] = vocabulary.Find(id);
            return new SpecialTokenIds(begin, end, pad, [.. ends.Distinct()], foreign, texts);

            int? Find(string key, string[] wellKnown) => (tokens.Named.GetValueOrDefault(key) is { } named ? ByName(key, named.Content) : null)
                ?? Given(key) ?? wellKnown.Select(name => parts.Added.Find(name)?.Id).FirstOrDefault(id => id is not null);

            // Several may end a text (Llama 3.1); the first is the one to write.
            int? Given(string key) => files.Select(file => Known(file, key + "_id").Select(id => (int?)id).FirstOrDefault()).FirstOrDefault(id => id is not null);

            List<int> Known(TokenizerJson file, string key)
            {
                var all = AllById(file, key).Where(id => id >= 0).ToList(); // some write −1 for "none"
                foreign.AddRange(all.Where(id => vocabulary.Find(id) is null).Select(id => ($"{file.File}: {key}", id)));
                return all.FindAll(id => vocabulary.Find(id) is not null);
            }
        }
        finally
        {
            foreach (var (_, document) in documents) document.Dispose();
        }

        int? ByName(string key, string name) => vocabulary.Find(name) ?? throw new TokenizerException(
            $"{folder}: {key} is \"{name}\", which the tokenizer's vocabulary lacks. The files do not belong together: copy them from the model's publisher again, or "
            + "add the token to added_tokens.json with the id that the model knows it by.");

        static IEnumerable<int> AllById(TokenizerJson file, string key) => file.Find(key) is not { } id ? []
            : id.Value.ValueKind == System.Text.Json.JsonValueKind.Array ? id.Items().Select(item => item.AsInt()) : [id.AsInt()];
    }
}
