namespace NoraPipelines.Tokenization;

/// <summary>Cuts a piece of normalized text into smaller ones; empty ones are left out.</summary>
internal abstract class PreTokenizer
{
    /// <param name="piece">What is to be cut.</param>
    /// <param name="pieces">Receives the pieces, in order.</param>
    public abstract void Split(TextPiece piece, List<TextPiece> pieces);
}
