namespace NoraPipelines.Plans;

/// <summary>One task that is scored before and after training.</summary>
public sealed record EvaluationPlan
{
    public required EvaluationTask Task { get; init; }

    public required DataSourcePlan Data { get; init; }

    /// <summary>Rows that go through the model at once.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Longest generated answer, in tokens; the task's protocol has the default.</summary>
    public int MaxNewTokens { get; init; } = 256;
}

/// <summary>The protocols of docs/evaluation.md.</summary>
public enum EvaluationTask
{
    /// <summary>exp of the mean loss of labelled tokens.</summary>
    Perplexity,

    /// <summary>Greedy answer equal to the response's number after "The answer is:", else equal text.</summary>
    ExactMatch,

    /// <summary>GSM8K with MetaMath's prompt.</summary>
    Gsm8k,
}
