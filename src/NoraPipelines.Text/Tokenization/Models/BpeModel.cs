using System.Text;

namespace NoraPipelines.Tokenization;

/// <summary>Byte pair encoding: characters, merged pair by pair (Sennrich et al. 2016), as huggingface/tokenizers' models/bpe does it.</summary>
internal sealed class BpeModel : TokenModel
{
    [ThreadStatic] private static BpeWord? _word; // a tokenizer may be used by many threads at once

    private readonly BpeMerges _merges;
    private readonly BpeOptions _options;
    private readonly int? _unknown;
    private readonly int?[] _bytes = new int?[256];

    /// <exception cref="TokenizerException">The unknown token is not in the vocabulary.</exception>
    public BpeModel(Vocabulary vocabulary, BpeMerges merges, BpeOptions options, string place) : base(vocabulary)
    {
        (_merges, _options) = (merges, options);
        if (options.UnknownToken is { } unknown)
        {
            _unknown = vocabulary.Find(unknown) ?? throw new TokenizerException(
                $"{place}.unk_token is \"{unknown}\", which is not in the vocabulary. Copy the file from the model's publisher again.");
        }
        for (var value = 0; value < 256; value++) _bytes[value] = vocabulary.Find($"<0x{value:X2}>");
    }

    public override void Tokenize(TextPiece piece, List<TokenSpan> tokens)
    {
        var characters = piece.Characters;
        if (_options.IgnoreMerges && Vocabulary.Find(characters) is { } whole)
        {
            tokens.Add(piece.Token(whole, 0, piece.Length));
            return;
        }
        var word = _word ??= new BpeWord();
        word.Clear();
        (int Start, int Length)? unknown = null; // not added yet, because the next one may join it
        for (var i = 0; i < characters.Length;)
        {
            Rune.DecodeFromUtf16(characters[i..], out var rune, out var length);
            if (Find(characters, i, length) is { } id)
            {
                AddUnknown(word, ref unknown);
                word.Add(id, i, length);
            }
            else if (!_options.ByteFallback || !AddBytes(word, rune, i, length, ref unknown))
            {
                if (unknown is { } before && _options.FuseUnknown) unknown = (before.Start, before.Length + length);
                else
                {
                    AddUnknown(word, ref unknown);
                    unknown = (i, length);
                }
            }
            i += length;
        }
        AddUnknown(word, ref unknown);
        word.Merge(_merges);
        word.CopyTo(piece, tokens);
    }

    private int? Find(ReadOnlySpan<char> characters, int start, int length)
    {
        var prefix = start > 0 ? _options.ContinuingSubwordPrefix : null;
        var suffix = start + length == characters.Length ? _options.EndOfWordSuffix : null;
        var character = characters.Slice(start, length);
        return string.IsNullOrEmpty(prefix) && string.IsNullOrEmpty(suffix) ? Vocabulary.Find(character) : Vocabulary.Find($"{prefix}{character}{suffix}");
    }

    private bool AddBytes(BpeWord word, Rune rune, int start, int length, ref (int, int)? unknown)
    {
        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[..rune.EncodeToUtf8(bytes)];
        foreach (var value in bytes)
            if (_bytes[value] is null) return false;
        AddUnknown(word, ref unknown);
        foreach (var value in bytes) word.Add(_bytes[value]!.Value, start, length);
        return true;
    }

    /// <summary>Without an unknown token the format drops what it does not know.</summary>
    private void AddUnknown(BpeWord word, ref (int Start, int Length)? unknown)
    {
        if (unknown is { } pending && _unknown is { } id) word.Add(id, pending.Start, pending.Length);
        unknown = null;
    }
}
