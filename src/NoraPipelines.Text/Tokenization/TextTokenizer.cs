using System.Text;

namespace NoraPipelines.Tokenization;

/// <summary>
/// Turns text into the ids that a published model was trained on, and back. Reads tokenizer.json (huggingface/tokenizers),
/// SentencePiece *.model files, and vocab.json with merges.txt. Immutable: threads may share one.
/// </summary>
public sealed class TextTokenizer
{
    private readonly TokenizerParts _parts;
    private readonly Vocabulary _vocabulary;

    private readonly FolderTokens _tokens;
    private readonly IReadOnlyList<(string Place, int Id)> _foreignIds;

    private TextTokenizer(TokenizerParts parts, FolderTokens tokens, SpecialTokenIds special, string folder, IReadOnlyList<string> files)
    {
        (_parts, _tokens, _vocabulary, SourceFolder, Files) = (parts, tokens, parts.Model.Vocabulary, folder, files);
        (BeginId, EndId, PadId, EndIds, SpecialTokens, _foreignIds) = (special.Begin, special.End, special.Pad, special.Ends, special.Texts, special.Foreign);
    }

    /// <summary>One more than the largest id: the rows that an embedding needs.</summary>
    public int VocabularySize => _vocabulary.Size;

    /// <summary>The token that begins a text, as the folder's files name it; null if they name none.</summary>
    public int? BeginId { get; }

    /// <summary>The token that ends a text.</summary>
    public int? EndId { get; }

    /// <summary>The tokens that end a generated text: <see cref="EndId"/>, and those that generation_config.json adds.</summary>
    public IReadOnlyList<int> EndIds { get; }

    /// <summary>The token that fills rows up; many models have none.</summary>
    public int? PadId { get; }

    /// <summary>Texts of special tokens by the keys of tokenizer_config.json (bos_token …), of those that a file names; null: it names it as none.</summary>
    public IReadOnlyDictionary<string, string?> SpecialTokens { get; }

    /// <summary>The folder that the tokenizer was read from.</summary>
    public string SourceFolder { get; }

    /// <summary>The tokenizer's files (absolute paths), to copy beside a model that is written.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <param name="fileOrFolder">tokenizer.json, a SentencePiece *.model file, or a folder that holds one of them.</param>
    /// <exception cref="TokenizerException">There is none, it is damaged, or it needs something that is not supported.</exception>
    public static TextTokenizer Load(string fileOrFolder)
    {
        var path = TokenizerFiles.Locate(fileOrFolder);
        var folder = Path.GetDirectoryName(path)!;
        var tokens = FolderTokens.Read(folder);
        var parts = path.EndsWith(".model", StringComparison.OrdinalIgnoreCase) ? SentencePieceReader.Read(path, tokens)
            : Path.GetFileName(path) == TokenizerFiles.Vocabulary ? VocabularyAndMergesReader.Read(path, tokens)
            : Path.GetFileName(path) == TokenizerFiles.WordPieces ? WordPieceVocabularyReader.Read(path, tokens)
            : TokenizerJsonReader.Read(path, tokens);
        return new TextTokenizer(parts, tokens, SpecialTokenIds.Read(folder, tokens, parts), folder, TokenizerFiles.Beside(path));
    }

    /// <summary>Whether a token stands for a mark and not for text: one that was added to the vocabulary, or the end token.</summary>
    public bool IsMark(int id) => id == EndId || _parts.Added.Find(id) is not null;

    /// <summary>What is wrong where the folder names a token or an id that a model of so many embeddings does not know; null: nothing.</summary>
    internal string? Beyond(int embeddings)
    {
        var known = $"and the model has {embeddings} embeddings, ids 0 to {embeddings - 1}.";
        if (_tokens.Added.Where(token => token.Id >= embeddings).MinBy(token => token.Id) is { } token)
            return $"{SourceFolder}: {_tokens.AddedFrom} gives \"{token.Content}\" the id {token.Id}, {known} The "
                + "tokenizer belongs to another model: point model.tokenizer at the model's own, or take the token out where it is not needed.";
        return _foreignIds.FirstOrDefault(foreign => foreign.Id >= embeddings) is { Place: { } place, Id: var id }
            ? $"{place} is {id}, {known} Correct it (null: there is none), or copy the file from the model's publisher again." : null;
    }

    /// <param name="addSpecialTokens">Adds what the tokenizer puts around a text, such as the begin token.</param>
    /// <exception cref="TokenizerException">A pattern of the tokenizer takes too long on this text.</exception>
    public int[] Encode(string text, bool addSpecialTokens = true)
    {
        var spans = EncodeWithSpans(text, addSpecialTokens);
        var ids = new int[spans.Count];
        for (var i = 0; i < ids.Length; i++) ids[i] = spans[i].Id;
        return ids;
    }

    /// <summary>One text, or a pair of texts, with the special tokens that the model was trained with, at most <paramref name="maxTokens"/> in all.</summary>
    /// <param name="second">Null: <paramref name="first"/> alone.</param>
    /// <param name="maxTokens">Longer texts lose their ends, of a pair the longer first; special tokens stay.</param>
    /// <exception cref="TokenizerException">The limit has no room for a text, or a pattern takes too long.</exception>
    public ClassifiedIds EncodeClassified(string first, string? second, int maxTokens)
    {
        var (single, pair) = (_parts.Template.Single, _parts.Template.Pair);
        var room = maxTokens - (second is null ? single.Count : pair.Count);
        if (room < 1) throw new TokenizerException($"{maxTokens} tokens leave no room for a text beside {maxTokens - room} special ones; allow more.");
        var a = Encode(first, addSpecialTokens: false);
        if (second is null) return new([.. single.Before, .. a.Take(room), .. single.After], SecondStart: null, single.Count + a.Length);
        var b = Encode(second, addSpecialTokens: false);
        var (keepA, keepB) = PairTruncation.Keep(a.Length, b.Length, room);
        return new(
            [.. pair.Before, .. a.Take(keepA), .. pair.Between, .. b.Take(keepB), .. pair.After], pair.Before.Count + keepA + pair.Between.Count,
            pair.Count + a.Length + b.Length);
    }

    /// <summary>Like <see cref="Encode"/>, with the characters of the original text that each token stands for.</summary>
    public IReadOnlyList<TokenSpan> EncodeWithSpans(string text, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = WithoutLoneSurrogates(text);
        var tokens = new List<TokenSpan>(text.Length / 3 + 4);
        var pieces = new List<TextPiece>();
        foreach (var (stretch, token) in _parts.Added.Split(text))
        {
            if (stretch is null)
            {
                tokens.Add(token);
                continue;
            }
            pieces.Clear();
            var whole = new TextPiece(stretch, 0, stretch.Length);
            if (_parts.PreTokenizer is { } preTokenizer) preTokenizer.Split(whole, pieces);
            else pieces.Add(whole);
            foreach (var piece in pieces)
                if (piece.Length > 0) _parts.Model.Tokenize(piece, tokens);
        }
        return addSpecialTokens ? _parts.Template.Apply(tokens, text.Length) : tokens;
    }

    /// <summary>The text of some ids. Ids without a token, which a model with spare rows may generate, stand for nothing.</summary>
    public string Decode(IReadOnlyList<int> ids, bool skipSpecialTokens = true)
    {
        var tokens = new List<string>(ids.Count);
        foreach (var id in ids)
        {
            if (_vocabulary.Find(id) is not { } token) continue;
            if (skipSpecialTokens && _parts.Added.Find(id) is { Special: true }) continue;
            tokens.Add(token);
        }
        return _parts.Decoder is null ? string.Join(' ', tokens) : string.Concat(_parts.Decoder.Decode(tokens));
    }

    /// <summary>Half of a surrogate pair is no character; UTF-8, in which tokens are spelled, has U+FFFD in its place.</summary>
    private static string WithoutLoneSurrogates(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0) return text;
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) result.Append(rune.ToString());
        return result.ToString();
    }
}
