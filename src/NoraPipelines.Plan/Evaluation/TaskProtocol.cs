namespace NoraPipelines.Plans;

/// <summary>All that a plan knows of a task: one row of <see cref="TaskProtocols"/>. docs/evaluation.md describes the protocols.</summary>
public sealed record TaskProtocol
{
    /// <summary>The task as a spec and the metrics write it: gsm8k, glue/qnli.</summary>
    public required string Name { get; init; }

    public required AnswerKind Answer { get; init; }

    /// <summary>What is asked, for the documentation of `evaluation.task`, where tasks of one sentence stand together; a task outside of the table needs none.</summary>
    public string Sentence { get; init; } = "";

    /// <summary>The model that the task scores.</summary>
    public ScoredModel Model { get; init; } = ScoredModel.Writer;

    /// <summary>The library's task as a program writes it, such as `new Gsm8k()`; empty where no text is the answer.</summary>
    public string Scorer { get; init; } = "";

    /// <summary>How answers are chosen where the spec says nothing.</summary>
    public DecodingKind Decoding { get; init; } = DecodingKind.Greedy;

    /// <summary>Longest generated answer in tokens where the spec says nothing.</summary>
    public int MaxNewTokens { get; init; } = 256;

    /// <summary>The columns of the published data set, where the spec names none; empty: as for training.</summary>
    public ColumnMap Columns { get; init; } = new();

    /// <summary>Whether MetaMath's prompt asks where the model learns Alpaca's frame or a relative of it; other templates ask as the model learns.</summary>
    public bool MetamathPrompt { get; init; }

    /// <summary>Whether the evaluation prompt of the commonsense sets asks where the model learns their frame.</summary>
    public bool CommonsensePrompt { get; init; }

    /// <summary>The answers that likelihood chooses from; empty: the task offers none.</summary>
    public EquatableArray<string> Options { get; init; }

    /// <summary>The average that the task joins, and the metric that is averaged; null: none.</summary>
    public TaskAverage? Average { get; init; }

    /// <summary>The task of GLUE; null for other tasks.</summary>
    public GlueTask? Glue { get; init; }

    /// <summary>Whether items are asked, so that the template's prompt and the decoding count.</summary>
    public bool IsAsked => Answer == AnswerKind.Text;

    /// <summary>The name, or that of the group of tasks whose names it begins: glue of glue/qnli.</summary>
    internal string Group => Name.Split('/')[0];

    public override string ToString() => Name;
}

/// <summary>The unweighted mean over tasks of a kind, such as commonsense.average.</summary>
/// <param name="Metric">The metric of each task that is averaged.</param>
public sealed record TaskAverage(string Name, string Metric);

/// <summary>What is scored.</summary>
public enum AnswerKind
{
    /// <summary>The loss on the labelled tokens; nothing is asked.</summary>
    Loss,

    /// <summary>An answer in the model's own words, or one of the options.</summary>
    Text,

    /// <summary>The class, or the number, that a head gives.</summary>
    Label,
}

/// <summary>The kind of model that a task needs.</summary>
public enum ScoredModel
{
    /// <summary>One that writes text.</summary>
    Writer,

    /// <summary>One with a head that classifies texts.</summary>
    Classifier,
}
