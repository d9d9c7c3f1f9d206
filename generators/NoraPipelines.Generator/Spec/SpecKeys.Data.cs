using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Spec;

internal static partial class SpecKeys
{
    private static readonly (string, string) ClassName =
        ("^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$", "the full name of a class, such as MyProject.WordProblems");

    private static readonly (string, string) HubName =
        ("^([A-Za-z0-9][A-Za-z0-9._-]*/)?[A-Za-z0-9_][A-Za-z0-9._-]*$", "a repository, owner/name, such as meta-llama/Meta-Llama-3-8B");

    private static readonly (string, string) HubRevision =
        ("^[A-Za-z0-9][A-Za-z0-9._+-]*(/[A-Za-z0-9._+-]+)*$", "a branch, a tag or a commit, such as main");

    private static readonly (string, string) HubFile =
        ("^(?!.*(^|/)\\.{1,2}(/|$))[^/\\\\:]+(/[^/\\\\:]+)*$", "a path inside the repository, such as data/train.jsonl");

    private static readonly (string, string) HubSplit =
        ("^(?!.*(^|/)\\.{1,2}(/|$))[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$",
            "a split such as train, with the folder of its files before it where several have it: main/train");

    private static SpecKey Dataset => Section("dataset", "The training data and how it becomes tokens.",
        Section("train", "The training rows: exactly one of `path`, `hub` and `generator`.",
            Source(DataFile, Whole("seed", "Seed that the generator is given.", 0, DataDefaults.Seed))) with
        { Required = true },
        new SpecKey("template", ValueKinds.Text | ValueKinds.Mapping,
            "How a row is written out as text: a named template, or { prompt, response } with {column} in the texts.")
        {
            Required = true,
            Words = Plans.Words.All<TemplateKind>().Where(word => word != Plans.Words.Of(TemplateKind.Custom)).ToEquatableArray(),
            Keys =
            [
                Text("prompt", "What stands before the response, such as \"Question: {question}\\nAnswer:\"; left out: nothing."),
                Text("response", "What is learnt, such as \" {answer}\"; the end token follows.") with { Required = true },
            ],
        },
        Choice<GlueTask>("task", "For template glue: the task that the model's head learns.", null),
        Whole("max_tokens", "Longest example in tokens; what is longer is cut at its end.", 2, DatasetDefaults.MaxTokens, 1 << 24),
        Switch("packing", "Whether the examples of a step share rows of at most max_tokens, each attending to itself alone; same loss, less padding.",
            DatasetDefaults.Packing),
        Choice<LossOn>("loss_on", "Which tokens are learnt: the response (with the end token), or all.", DatasetDefaults.LossOn));

    private static SpecKey Evaluation => new("evaluation", ValueKinds.List, "Tasks that are scored before and after training.")
    {
        Minimum = 0,
        Item = Section("", "One task: exactly one of `path`, `hub` and `generator`.",
        [
            Choice("task", "perplexity, exact_match (equal answers), gsm8k and math (asked as MetaMath does, or as chat, plain "
                    + "and own templates teach), a commonsense set, or for classifiers a task of glue.",
                null, TaskProtocols.Names, []) with { Required = true },
            .. Source(DataFile, Whole("seed", "Seed that the generator is given.", 0, DataDefaults.Seed)),
            Whole("batch", "Rows that go through the model at once.", 1, EvaluationDefaults.Batch) with { RunTime = true },
            Whole("max_new_tokens", "Longest generated answer in tokens (gsm8k: 512, math: 2048, commonsense: 32); not for perplexity.", 1,
                EvaluationDefaults.MaxNewTokens) with { RunTime = true },
            Decoding,
        ]),
    };

    private static SpecKey Decoding => Section("decoding", "How an answer is chosen; left out: as the task's protocol has it.",
        Choice<DecodingKind>("kind", "Left out: beams for commonsense, greedy otherwise; likelihood is for commonsense alone.", null),
        Whole("beams", "Beams that are followed at once.", 2, DecodingDefaults.Beams, 256),
        Number("length_penalty", "A beam scores its log-probability / length^penalty.", DecodingDefaults.LengthPenalty),
        Positive("temperature", "Logits are divided by it before a token is drawn.", DecodingDefaults.Temperature),
        Whole("top_k", "Draw from so many most probable tokens; left out: from all.", 1),
        Positive("top_p", "Draw from the most probable tokens that have this probability together.", DecodingDefaults.TopP) with
        { Maximum = 1 },
        Whole("seed", "Fixes the draws.", 0, DecodingDefaults.Seed),
        Whole("min_new_tokens", "No answer ends before it has so many tokens.", 0, DecodingDefaults.MinNewTokens),
        new SpecKey("stop", ValueKinds.List, "An answer ends where one of these texts appears; not with beams.")
        {
            Minimum = 1,
            Item = Text("", "A text.") with { MayBeBlank = true },
        });

    private static SpecKey DataFile => Text("path",
        "A .jsonl, .json, .csv, .tsv, .parquet or .txt file (.jsonl.gz and the like too), a folder or a glob, relative to the spec.") with
    { RunTime = true };

    private static SpecKey[] Source(SpecKey path, SpecKey seed) =>
    [
        path,
        Text("hub", "A data set of the Hugging Face hub, owner/name.") with { Pattern = HubName },
        Text("file", "The file in the hub's data set, such as data/train.jsonl.") with { Pattern = HubFile },
        Text("revision", "Branch, tag or commit in the hub.") with { Default = "main", Pattern = HubRevision },
        Text("generator", "Full name of a class of the project that implements IExampleSource.") with { Pattern = ClassName },
        seed,
        Section("columns", "Names of the columns; left out: prompt and response, or text.",
            Text("prompt", "The column of the prompt."),
            Text("input", "The column of what the prompt is about, where it is kept apart; may be empty in a row."),
            Text("response", "The column of the response."),
            Text("text", "The column of the whole text, where there is no prompt."),
            Text("messages", "The column of a conversation: a list of { role, content }.")),
        new SpecKey("split", ValueKinds.Text | ValueKinds.Mapping,
            "A published split of a data set of the hub, such as train or main/train, instead of `file`; or a part of the rows, where "
                + "which row is in which part depends on its place and the seed alone.")
        {
            Pattern = HubSplit,
            Keys =
            [
                Text("name", "The published split, of which a part is taken.") with { Pattern = HubSplit },
                Number("held_out", "Share of the rows that are held out.") with
                { Required = true, Minimum = 0, AboveMinimum = true, Maximum = 1, BelowMaximum = true },
                Whole("seed", "Decides which rows are held out.", 0, 0),
                Choice<SplitPart>("take", "train: the rows that are not held out (default for training); held_out (default for a task).", null),
            ],
        },
        Whole("limit", "Take the first so many rows; left out: all.", 1) with { RunTime = true },
        Text("separator", "What stands between two texts of a .txt file; left out: a line each."),
    ];

    private static DecodingPlan DecodingDefaults { get; } = new();

    private static DataSourcePlan DataDefaults { get; } = new();

    private static DatasetPlan DatasetDefaults { get; } = new() { Train = DataDefaults, Template = new TemplatePlan(TemplateKind.Plain) };

    private static EvaluationPlan EvaluationDefaults { get; } = new() { Task = TaskProtocols.Of("perplexity"), Data = DataDefaults };
}
