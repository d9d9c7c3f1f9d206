namespace NoraPipelines.Tokenization;

/// <summary>A vocabulary and the rule by which a piece of text becomes its tokens.</summary>
internal abstract class TokenModel(Vocabulary vocabulary)
{
    public Vocabulary Vocabulary { get; } = vocabulary;

    /// <param name="piece">Not empty.</param>
    /// <param name="tokens">Receives the piece's tokens.</param>
    public abstract void Tokenize(TextPiece piece, List<TokenSpan> tokens);
}
