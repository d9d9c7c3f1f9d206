namespace NoraPipelines.Plans;

/// <summary>BERT: positions count from 0, the second text of a pair has a token type of its own, the head reads a pooler.</summary>
public sealed record BertShape : EncoderShape
{
    /// <inheritdoc/>
    public override int TokenTypes { get; init; } = 2;

    /// <inheritdoc/>
    public override double NormEpsilon { get; init; } = 1e-12;

    /// <inheritdoc/>
    public override int MaxTokens => PositionRows;

    internal override bool TellsTextsByType => true;

    private protected override string Prefix => "bert";
}
