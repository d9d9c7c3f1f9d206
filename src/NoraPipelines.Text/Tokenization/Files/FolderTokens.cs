using System.Globalization;
using System.Text.Json;

namespace NoraPipelines.Tokenization;

/// <summary>
/// What the small files beside a vocabulary say of its tokens, taken from where transformers takes it (tokenization_utils_base.py,
/// _from_pretrained): tokenizer_config.json and special_tokens_map.json name tokens, added_tokens_decoder of the first or else
/// added_tokens.json adds some to the vocabulary.
/// </summary>
internal sealed class FolderTokens
{
    private const string ConfigName = "tokenizer_config.json", MapName = "special_tokens_map.json", AddedName = "added_tokens.json";
    private readonly TokenizerJson? _extraFrom;

    private FolderTokens(TokenizerJson? config, TokenizerJson? map, TokenizerJson? added)
    {
        Config = config;
        var decoder = config?.FindGiven("added_tokens_decoder");
        // special_tokens_map.json counts first in folders from before the decoder, and not at all beside one; it still names what the config leaves out.
        TokenizerJson[] files = [.. (decoder is null ? (TokenizerJson?[])[map, config] : [config, map]).OfType<TokenizerJson>()];
        Named = files.Aggregate(new Dictionary<string, AddedToken?>(StringComparer.Ordinal), (named, file) => AddNames(named, file));
        _extraFrom = files.SelectMany(file => (TokenizerJson?[])[file.Find("additional_special_tokens"), file.Find("extra_special_tokens")]).FirstOrDefault(list => list is not null);
        Extra = _extraFrom is { } extra ? [.. Tokens(extra)] : [];
        Added = decoder is { } listed ? [.. listed.Members().Select(Decoded)] : added is { } old ? [.. old.Members().Select(OfOldFile)] : [];
        AddedFrom = decoder is null ? AddedName : $"{ConfigName}: added_tokens_decoder";
    }

    /// <summary>tokenizer_config.json; null: there is none.</summary>
    public TokenizerJson? Config { get; }

    /// <summary>By key (bos_token …), without an id; null: named as none.</summary>
    public IReadOnlyDictionary<string, AddedToken?> Named { get; }

    /// <summary>Further special tokens, without ids.</summary>
    public IReadOnlyList<AddedToken> Extra { get; }

    /// <summary>Tokens beyond, or within, the vocabulary's own, with their ids.</summary>
    public IReadOnlyList<AddedToken> Added { get; }

    /// <summary>Where <see cref="Added"/> stands, for messages.</summary>
    public string AddedFrom { get; }

    /// <summary>tokenizer_class without its "Fast"; null: not said.</summary>
    public string? Class => Config?.FindString("tokenizer_class") is { } name ? name.EndsWith("Fast", StringComparison.Ordinal) ? name[..^4] : name : null;

    /// <exception cref="TokenizerException">A file is damaged, or not of its form.</exception>
    public static FolderTokens Read(string folder) => new(Open(folder, ConfigName), Open(folder, MapName), Open(folder, AddedName));

    /// <summary>Where ids come from, for messages: the vocabulary's place, and that of the tokens added to it.</summary>
    public string Place(string vocabulary) => Added.Count == 0 ? vocabulary : $"{vocabulary}, with {AddedFrom},";

    /// <summary>A vocabulary file's own added tokens, and those that the folder adds.</summary>
    /// <param name="ownCount">Whether the file's own flags count, as those of tokenizer.json do; otherwise the folder's.</param>
    public List<AddedToken> With(IReadOnlyList<AddedToken> own, bool ownCount)
    {
        var folders = new Dictionary<string, AddedToken>(StringComparer.Ordinal);
        foreach (var token in Added) folders[token.Content] = token;
        var known = own.Select(token => token.Content).ToHashSet(StringComparer.Ordinal);
        return [.. own.Select(token => ownCount ? token : folders.GetValueOrDefault(token.Content, token)), .. Added.Where(token => known.Add(token.Content))];
    }

    /// <summary>Named tokens that are plain entries of the vocabulary, which become added ones.</summary>
    /// <exception cref="TokenizerException">A further special token is not in the vocabulary.</exception>
    public IEnumerable<AddedToken> NamedPieces(Vocabulary vocabulary, IReadOnlyCollection<AddedToken> added)
    {
        var known = added.Select(token => token.Content).ToHashSet(StringComparer.Ordinal);
        foreach (var token in Extra)
        {
            if (vocabulary.Find(token.Content) is null)
                throw _extraFrom!.Value.Error($"has \"{token.Content}\", which the tokenizer's vocabulary lacks. Add it to {AddedName} with the id that the model knows it by, "
                    + "or copy the files from the model's publisher again.");
        }
        foreach (var token in Named.Values.OfType<AddedToken>().Concat(Extra).Where(token => known.Add(token.Content)))
            if (vocabulary.Find(token.Content) is { } id) yield return token with { Id = id };
    }

    private static TokenizerJson? Open(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (!TokenizerFile.IsThere(path)) return null;
        using var document = TokenizerFile.ReadJson(path);
        var json = new TokenizerJson(path, "", document.RootElement.Clone());
        json.RequireKind(JsonValueKind.Object, "an object {...}");
        return json;
    }

    /// <summary>The first file that names a token counts; one that names it as none counts after all that name one.</summary>
    private static Dictionary<string, AddedToken?> AddNames(Dictionary<string, AddedToken?> named, TokenizerJson file)
    {
        foreach (var (key, value) in file.Members().Where(member => member.Key.EndsWith("_token", StringComparison.Ordinal)))
        {
            if (value.Value.ValueKind is JsonValueKind.True or JsonValueKind.False) continue; // add_bos_token …
            if (named.GetValueOrDefault(key) is null) named[key] = value.Value.ValueKind == JsonValueKind.Null ? null : Token(value);
        }
        return named;
    }

    private static IEnumerable<AddedToken> Tokens(TokenizerJson list) =>
        (list.Value.ValueKind == JsonValueKind.Object ? list.Members().Select(member => member.Value) : list.Items()).Select(Token).OfType<AddedToken>();

    /// <summary>A text, or an object with flags; null for an empty text.</summary>
    private static AddedToken? Token(TokenizerJson value)
    {
        var token = value.Value.ValueKind == JsonValueKind.Object
            ? AddedToken.Read(value, id: -1)
            : new AddedToken(-1, value.AsString(), Special: true, SingleWord: false, StripLeft: false, StripRight: false, Normalized: false);
        return token.Content.Length == 0 ? null : token with { Special = true };
    }

    private static AddedToken Decoded((string Key, TokenizerJson Value) entry) =>
        int.TryParse(entry.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? AddedToken.Read(entry.Value, id)
            : throw entry.Value.Error("stands under no id; expected a whole number as the key. Copy the file from the model's publisher again.");

    private AddedToken OfOldFile((string Key, TokenizerJson Value) entry)
    {
        var special = Named.Values.Concat(Extra).Any(token => token?.Content == entry.Key);
        return new(entry.Value.AsInt(), entry.Key, special, SingleWord: false, StripLeft: false, StripRight: false, Normalized: !special);
    }
}
