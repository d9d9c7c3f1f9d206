namespace NoraPipelines.Tokenization;

/// <summary>
/// Reads a SentencePiece *.model file with a BPE model, as Llama, Mistral and Gemma have it. Pieces merge in the order of their
/// scores; unknown characters are spelled in bytes where the model has byte pieces. Control and user-defined pieces are found in the
/// text, as the published tokenizers do.
/// </summary>
internal static class SentencePieceReader
{
    private const string Mark = "▁";
    private const int LongestPiece = 1024;

    /// <exception cref="TokenizerException">The file is damaged, or is of a kind that is not supported.</exception>
    public static TokenizerParts Read(string path, FolderTokens tokens)
    {
        var proto = SentencePieceProto.Read(path);
        Check(proto, path);
        if (tokens.Config?.Find("sp_model_kwargs") is { } switches && switches.GetBool("enable_sampling", false))
            throw switches.Error("has enable_sampling: true: with sampling the same text has other ids each time. Set it to false.");
        var spaceInFront = proto.AddDummyPrefix && (tokens.Config?.GetBool("add_prefix_space", true) ?? true); // as LlamaConverter of transformers
        var place = $"{path}: pieces";
        var pieces = proto.Pieces.Select((piece, id) => (piece.Text, id)).ToList();
        var known = pieces.ToHashSet();
        var vocabulary = Vocabulary.Create([.. pieces, .. tokens.Added.Select(token => (token.Content, token.Id)).Where(known.Add)], tokens.Place(place));
        var unknown = proto.Pieces.Find(piece => piece.Kind == SentencePieceKind.Unknown).Text;
        var options = new BpeOptions { UnknownToken = unknown, FuseUnknown = true, ByteFallback = proto.ByteFallback };
        var added = proto.Pieces.Select((piece, id) => (piece, id))
            .Where(x => x.piece.Kind is SentencePieceKind.Control or SentencePieceKind.Unknown or SentencePieceKind.UserDefined)
            .Select(x => new AddedToken(x.id, x.piece.Text, Special: x.piece.Kind != SentencePieceKind.UserDefined, false, false, false, Normalized: false))
            .ToList();
        var all = tokens.With(added, ownCount: false);
        all.AddRange(tokens.NamedPieces(vocabulary, all));
        return new TokenizerParts(
            // transformers' slow tokenizers look for all of them in the text as it is written.
            new AddedVocabulary(all.Select(token => token with { Normalized = false }), ReadNormalizer(proto, tokens, spaceInFront)),
            PreTokenizer: null,
            new BpeModel(vocabulary, ReadMerges(proto, vocabulary), options, place),
            ReadTemplate(proto, tokens, vocabulary),
            ReadDecoder(spaceInFront));
    }

    private static void Check(SentencePieceProto proto, string path)
    {
        if (proto.Pieces.Count == 0)
            throw new TokenizerException($"{path} holds no pieces; expected a SentencePiece model. Copy it from the model's publisher again.");
        var unsupported = proto switch
        {
            { ModelType: 1 } => "a Unigram model",
            { ModelType: not 2 } => $"a model of type {proto.ModelType}",
            { CharacterMapBytes: > 0 } => $"the normalizer \"{proto.NormalizerName}\" with a character map of {proto.CharacterMapBytes} bytes",
            { WhitespaceAsSuffix: true } => "treat_whitespace_as_suffix",
            { EscapeWhitespaces: false } => "escape_whitespaces: false",
            _ when proto.Pieces.Exists(piece => !Enum.IsDefined(piece.Kind) || piece.Kind == SentencePieceKind.Unused) => "unused pieces, or pieces of an unknown type",
            _ => null,
        };
        if (unsupported is not null)
        {
            throw new TokenizerException($"{path} has {unsupported}, which is not supported; supported are BPE models with the identity normalizer "
                + "(Llama, Mistral, Gemma). Use the model's tokenizer.json instead, if it has one.");
        }
        if (proto.Pieces.FindIndex(piece => !float.IsFinite(piece.Score) || piece.Text.Length is 0 or > LongestPiece) is >= 0 and var at)
        {
            var (text, score, _) = proto.Pieces[at];
            throw new TokenizerException($"{path}: piece {at} has {text.Length} characters and the score {score}; expected 1 to {LongestPiece} "
                + "characters and a finite score. Copy the file from the model's publisher again.");
        }
    }

    /// <summary>Every way to put a normal piece together from two others merges with the piece's score; equal scores have one rank.</summary>
    private static BpeMerges ReadMerges(SentencePieceProto proto, Vocabulary vocabulary)
    {
        var normal = proto.Pieces.Select((piece, id) => (piece, id)).Where(x => x.piece.Kind == SentencePieceKind.Normal).ToList();
        var isNormal = proto.Pieces.Select(piece => piece.Kind == SentencePieceKind.Normal).ToArray();
        var merges = new BpeMerges(normal.Count);
        var (rank, score) = (-1, float.NaN);
        foreach (var (piece, id) in normal.OrderByDescending(x => x.piece.Score))
        {
            if (piece.Score != score) (rank, score) = (rank + 1, piece.Score);
            for (var cut = 1; cut < piece.Text.Length; cut++)
            {
                if (vocabulary.Find(piece.Text.AsSpan(0, cut)) is { } left && vocabulary.Find(piece.Text.AsSpan(cut)) is { } right
                    && isNormal[left] && isNormal[right]) merges.Set(left, right, rank, id);
            }
        }
        return merges;
    }

    /// <summary>The space in front is put before every stretch between added tokens, or, with legacy: false, before a text alone.</summary>
    private static SequenceNormalizer ReadNormalizer(SentencePieceProto proto, FolderTokens tokens, bool spaceInFront) => new([
        new SpaceNormalizer(proto.RemoveExtraWhitespaces, !spaceInFront ? PrefixScheme.Never
            : tokens.Config?.GetBool("legacy", true) ?? true ? PrefixScheme.Always : PrefixScheme.First),
        new ReplaceNormalizer(TextPattern.Literal(" "), Mark)]);

    private static SequenceDecoder ReadDecoder(bool spaceInFront)
    {
        var steps = new List<TokenDecoder>
        {
            new EachTokenDecoder((token, _, _) => token.Replace(Mark, " ", StringComparison.Ordinal)),
            new ByteFallbackDecoder(),
            new FuseDecoder(),
        };
        if (spaceInFront) steps.Add(new EachTokenDecoder((text, _, _) => text.StartsWith(' ') ? text[1..] : text));
        return new SequenceDecoder(steps);
    }

    /// <summary>The begin token, unless tokenizer_config.json says otherwise; no end token, unless it does.</summary>
    private static TokenTemplate ReadTemplate(SentencePieceProto proto, FolderTokens tokens, Vocabulary vocabulary)
    {
        return TokenTemplate.EachAlone(
            Known(tokens.Config?.GetBool("add_bos_token", true) ?? true, "bos_token", proto.BeginId),
            Known(tokens.Config?.GetBool("add_eos_token", false) ?? false, "eos_token", proto.EndId));

        int[] Known(bool wanted, string key, int id)
        {
            if (tokens.Named.GetValueOrDefault(key) is { } named && vocabulary.Find(named.Content) is { } other) id = other;
            return wanted && vocabulary.Find(id) is not null ? [id] : [];
        }
    }
}
