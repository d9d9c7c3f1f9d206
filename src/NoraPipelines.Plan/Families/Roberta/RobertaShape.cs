namespace NoraPipelines.Plans;

/// <summary>RoBERTa: positions count from the number after the padding id; the pooler of the published models is counted, and not used.</summary>
public sealed record RobertaShape : EncoderShape
{
    /// <summary>RobertaForSequenceClassification has no pooler.</summary>
    internal override long LoadedParameters => TotalParameters - PoolerParameters;

    /// <summary>Id of the padding token; rows of positions up to it are no text's (modeling_roberta.py).</summary>
    public int PaddingId { get; init; } = 1;

    /// <inheritdoc/>
    public override int TokenTypes { get; init; } = 1;

    /// <inheritdoc/>
    public override double NormEpsilon { get; init; } = 1e-5;

    /// <inheritdoc/>
    public override int MaxTokens => PositionRows - PaddingId - 1;

    private protected override string Prefix => "roberta";

    internal override EncoderShape Adopt(ConfigReader reader) => this with { PaddingId = reader.Count("pad_token_id", PaddingId) };
}
