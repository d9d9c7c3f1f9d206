namespace NoraPipelines.Plans;

/// <summary>One task that is scored before and after training.</summary>
public sealed record EvaluationPlan
{
    public required EvaluationTask Task { get; init; }

    public required DataSourcePlan Data { get; init; }

    /// <summary>Rows that go through the model at once.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Longest generated answer, in tokens; the task's protocol has the default.</summary>
    public int MaxNewTokens { get; init; } = DefaultMaxNewTokens(EvaluationTask.ExactMatch);

    /// <summary>What a task generates at most where the spec says nothing: 512 for gsm8k (MetaMath's protocol), 256 otherwise.</summary>
    public static int DefaultMaxNewTokens(EvaluationTask task) => task == EvaluationTask.Gsm8k ? 512 : 256;
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

    // glue/cola … glue/wnli: a classifier's labels against the reference's.
    GlueCola,
    GlueSst2,
    GlueMrpc,
    GlueStsb,
    GlueQqp,
    GlueMnli,
    GlueQnli,
    GlueRte,
    GlueWnli,
}
