using System.Text.Json;

namespace NoraPipelines.Tokenization;

/// <summary>Reads the "model" part of tokenizer.json.</summary>
internal static class ModelReader
{
    /// <param name="json">The model's object.</param>
    /// <param name="added">Added tokens, whose ids belong to the vocabulary's range as well.</param>
    /// <param name="tokens">Where some of them came from.</param>
    public static TokenModel Read(TokenizerJson json, IReadOnlyList<AddedToken> added, FolderTokens tokens)
    {
        // Files from before "type" was written: with merges they are BPE, with a list of pieces and their scores Unigram.
        var type = json.FindString("type") ?? (json.Find("merges") is not null ? "BPE"
            : json.Find("vocab") is { Value.ValueKind: JsonValueKind.Array } ? "Unigram" : json.GetString("type"));
        return type switch
        {
            "BPE" => ReadBpe(json, added, tokens),
            "WordPiece" => new WordPieceModel(ReadVocabulary(json, added, tokens), json.FindString("unk_token") ?? "[UNK]",
                json.FindString("continuing_subword_prefix") ?? "##", json.GetInt("max_input_chars_per_word", 100), json.Path),
            _ => throw json.Unsupported("model", type, "BPE, WordPiece"),
        };
    }

    private static BpeModel ReadBpe(TokenizerJson json, IReadOnlyList<AddedToken> added, FolderTokens tokens)
    {
        if (json.Find("dropout") is { } dropout && !(dropout.Value.ValueKind == JsonValueKind.Number && dropout.Value.GetDouble() == 0))
            throw dropout.Error($"is {dropout.Value.GetRawText()}; expected null: with dropout the same text has other ids each time. Set it to null.");
        var vocabulary = ReadVocabulary(json, added, tokens);
        var options = new BpeOptions
        {
            UnknownToken = json.FindString("unk_token"),
            FuseUnknown = json.GetBool("fuse_unk", false),
            ByteFallback = json.GetBool("byte_fallback", false),
            IgnoreMerges = json.GetBool("ignore_merges", false),
            ContinuingSubwordPrefix = json.FindString("continuing_subword_prefix"),
            EndOfWordSuffix = json.FindString("end_of_word_suffix"),
        };
        return new BpeModel(vocabulary, ReadMerges(json.Get("merges"), vocabulary, options.ContinuingSubwordPrefix ?? ""), options, $"{json.File}: {json.Path}");
    }

    private static BpeMerges ReadMerges(TokenizerJson json, Vocabulary vocabulary, string prefix)
    {
        var items = json.Items();
        var merges = new BpeMerges(items.Count);
        foreach (var item in items)
        {
            var (left, right) = ReadPair(item);
            var merged = right.StartsWith(prefix, StringComparison.Ordinal) ? left + right[prefix.Length..] : left + right;
            merges.Set(Id(left), Id(right), merges.Count, Id(merged));

            int Id(string token) => vocabulary.Find(token) ?? throw item.Error(
                $"merges \"{left}\" and \"{right}\", but \"{token}\" is not in the vocabulary. Copy the file from the model's publisher again.");
        }
        return merges;
    }

    private static (string Left, string Right) ReadPair(TokenizerJson item)
    {
        if (item.Value.ValueKind == JsonValueKind.Array)
        {
            var pair = item.Items();
            if (pair.Count == 2) return (pair[0].AsString(), pair[1].AsString());
        }
        else if (item.AsString().Split(' ') is [var left, var right])
        {
            return (left, right);
        }
        throw item.Error($"is {item.Value.GetRawText()}; expected two tokens, as \"a b\" or [\"a\", \"b\"]. Copy the file from the model's publisher again.");
    }

    private static Vocabulary ReadVocabulary(TokenizerJson json, IReadOnlyList<AddedToken> added, FolderTokens tokens)
    {
        var vocab = json.Get("vocab");
        vocab.RequireKind(JsonValueKind.Object, "an object of tokens with their ids");
        var place = $"{json.File}: {vocab.Path}";
        var entries = new List<(string Token, int Id)>();
        foreach (var member in vocab.Value.EnumerateObject())
        {
            var token = member.Name;
            entries.Add((token, new TokenizerJson(json.File, $"{vocab.Path}[\"{token}\"]", member.Value).AsInt()));
        }
        if (entries.Count == 0) throw new TokenizerException($"{place} is empty; expected tokens with their ids. Copy the file from the model's publisher again.");
        var known = new HashSet<(string, int)>(entries);
        entries.AddRange(added.Select(token => (token.Content, token.Id)).Where(entry => known.Add(entry)));
        return Vocabulary.Create(entries, tokens.Place(place));
    }
}
