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

    /// <summary>How answers are chosen; the task's protocol has the default. Means nothing where none is written.</summary>
    public DecodingPlan Decoding { get; init; } = new();

    /// <summary>What a task generates at most where the spec says nothing, by its protocol.</summary>
    public static int DefaultMaxNewTokens(EvaluationTask task) => task switch
    {
        EvaluationTask.Gsm8k => 512,
        EvaluationTask.Math => 2048,
        _ when IsCommonsense(task) => 32,
        _ => 256,
    };

    /// <summary>The protocol's decoding: beams for the commonsense sets, greedy otherwise.</summary>
    public static DecodingKind DefaultDecoding(EvaluationTask task) => IsCommonsense(task) ? DecodingKind.Beams : DecodingKind.Greedy;

    /// <summary>The columns of the data set as it is published, where the spec names none; empty: as for training.</summary>
    public static ColumnMap DefaultColumns(EvaluationTask task) => task switch
    {
        EvaluationTask.Gsm8k => new ColumnMap { Prompt = "question", Response = "answer" },
        EvaluationTask.Math => new ColumnMap { Prompt = "problem", Response = "solution" },
        _ when IsCommonsense(task) => new ColumnMap { Prompt = "instruction", Input = "input", Response = "answer" },
        _ => new ColumnMap(),
    };

    /// <summary>Whether a task is one of the eight commonsense sets.</summary>
    public static bool IsCommonsense(EvaluationTask task) => task >= EvaluationTask.CommonsenseBoolq;

    /// <summary>Whether a model answers in its own words, or with one of the options that it is given.</summary>
    public static bool Asks(EvaluationTask task) => task != EvaluationTask.Perplexity && GlueTasks.Of(task) is null;
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

    /// <summary>MATH with MetaMath's prompt.</summary>
    Math,

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

    // commonsense/boolq … commonsense/openbookqa, the sets of LLM-Adapters; IsCommonsense counts on their being last.
    CommonsenseBoolq,
    CommonsensePiqa,
    CommonsenseSocialIQa,
    CommonsenseHellaswag,
    CommonsenseWinogrande,
    CommonsenseArcEasy,
    CommonsenseArcChallenge,
    CommonsenseOpenbookqa,
}
