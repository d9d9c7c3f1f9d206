namespace NoraPipelines.Plans;

/// <summary>The training data and how it becomes tokens.</summary>
public sealed record DatasetPlan
{
    public required DataSourcePlan Train { get; init; }

    public required TemplatePlan Template { get; init; }

    /// <summary>For template glue: the task that the model's head is for.</summary>
    public GlueTask? Task { get; init; }

    /// <summary>Names of the head's classes; null where there is no head, or a regression's.</summary>
    public IReadOnlyList<string>? Classes => Task is { } task && !GlueTasks.Of(task).IsRegression ? GlueTasks.Of(task).Classes.ToList() : null;

    /// <summary>Longest example in tokens; what is longer is cut at its end.</summary>
    public int MaxTokens { get; init; } = 512;

    public LossOn LossOn { get; init; } = LossOn.Response;

    /// <summary>Whether several examples of a step share a row of at most <see cref="MaxTokens"/>, attention kept inside each.</summary>
    public bool Packing { get; init; }
}

/// <summary>Rows of a file, or of a class of the project.</summary>
public sealed record DataSourcePlan
{
    /// <summary>A file, a folder or a glob, relative to the spec's folder; null where another source is given.</summary>
    public string? Path { get; init; }

    /// <summary>A file of a data set's repository in the Hugging Face hub.</summary>
    public HubFilePlan? Hub { get; init; }

    /// <summary>Full name of a class of the project that implements IExampleSource.</summary>
    public string? Generator { get; init; }

    /// <summary>Seed that the generator is given.</summary>
    public int Seed { get; init; }

    public ColumnMap Columns { get; init; } = new();

    /// <summary>Which part of the rows is taken; null: all of them.</summary>
    public SplitPlan? Split { get; init; }

    /// <summary>How many rows (of the part) to take, from the first; null: all.</summary>
    public int? Limit { get; init; }

    /// <summary>What stands between two texts of a .txt file; null: a line each.</summary>
    public string? Separator { get; init; }
}

/// <summary>A file of a repository of data, or all files of a split.</summary>
/// <param name="File">Its path in the repository; null where a split is named.</param>
/// <param name="Revision">A branch, tag or commit.</param>
/// <param name="Split">train, or with a folder before it main/train; null where a file is named.</param>
public sealed record HubFilePlan(string Repository, string? File, string Revision, string? Split = null);

/// <summary>Rows in two parts that share none: which row is in which depends on its place and the seed alone.</summary>
/// <param name="HeldOut">Share of the rows that are held out.</param>
public sealed record SplitPlan(double HeldOut, int Seed, SplitPart Take);

/// <summary>The parts of a split.</summary>
public enum SplitPart
{
    Train,
    HeldOut,
}

/// <summary>Names of the columns that hold the prompt, the response, or the whole text.</summary>
public sealed record ColumnMap
{
    public string? Prompt { get; init; }

    /// <summary>What the prompt is about, where a data set keeps it apart (Alpaca's `input`); templates frame it.</summary>
    public string? Input { get; init; }

    public string? Response { get; init; }

    public string? Text { get; init; }

    /// <summary>A list of { role, content }: a whole conversation.</summary>
    public string? Messages { get; init; }
}

/// <summary>How a row is written out as text.</summary>
/// <param name="Prompt">Of <see cref="TemplateKind.Custom"/>: text with {column} in it, which the response follows.</param>
/// <param name="Response">Of <see cref="TemplateKind.Custom"/>: what is learnt, with {column} in it.</param>
public sealed record TemplatePlan(TemplateKind Kind, string? Prompt = null, string? Response = null);

/// <summary>The named templates; docs/data.md shows each.</summary>
public enum TemplateKind
{
    /// <summary>The text, or prompt and response with nothing between them.</summary>
    Plain,

    /// <summary>Alpaca's instruction frame.</summary>
    Alpaca,

    /// <summary>Alpaca's frame as MetaMath trains and evaluates with it.</summary>
    Metamath,

    /// <summary>Alpaca's frame as LLM-Adapters indents it for its commonsense sets.</summary>
    Commonsense,

    /// <summary>The template that is published with the model.</summary>
    Chat,

    /// <summary>Texts of the spec with {column} in them.</summary>
    Custom,

    /// <summary>A text or a pair of texts with a label, for a classifier.</summary>
    Glue,
}

/// <summary>Which tokens carry a label.</summary>
public enum LossOn
{
    Response,
    All,
}
