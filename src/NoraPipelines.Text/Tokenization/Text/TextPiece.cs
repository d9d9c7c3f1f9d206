namespace NoraPipelines.Tokenization;

/// <summary>A part of a text that the vocabulary's model turns into tokens on its own: no token reaches beyond a piece.</summary>
internal readonly record struct TextPiece(AlignedText Source, int Start, int Length)
{
    public ReadOnlySpan<char> Characters => Source.Text.AsSpan(Start, Length);

    /// <summary>The token of the piece's characters from <paramref name="start"/>, with their range in the original text.</summary>
    public TokenSpan Token(int id, int start, int length) =>
        new(id, Source.Starts[Start + start], Source.Ends[Start + start + length - 1]);

    public TextPiece Slice(int start, int length) => new(Source, Start + start, length);

    public AlignedText ToText() => Source.Slice(Start, Length);
}
