namespace NoraPipelines.Plans;

/// <summary>One task that is scored before and after training.</summary>
public sealed record EvaluationPlan
{
    public required TaskProtocol Task { get; init; }

    public required DataSourcePlan Data { get; init; }

    /// <summary>Rows that go through the model at once.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Longest generated answer, in tokens; the planner takes the task's own default.</summary>
    public int MaxNewTokens { get; init; } = 256;

    /// <summary>How answers are chosen; the planner takes the task's own default. Means nothing where none is written.</summary>
    public DecodingPlan Decoding { get; init; } = new();
}
