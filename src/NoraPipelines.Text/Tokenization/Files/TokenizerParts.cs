namespace NoraPipelines.Tokenization;

/// <summary>What a tokenizer file holds.</summary>
/// <param name="PreTokenizer">Null: each stretch of normalized text is one piece.</param>
/// <param name="Decoder">Null: tokens are put together with spaces between them, as the format says.</param>
internal sealed record TokenizerParts(
    AddedVocabulary Added, PreTokenizer? PreTokenizer, TokenModel Model, TokenTemplate Template, TokenDecoder? Decoder);
