using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Spec;

internal static partial class SpecKeys
{
    private static readonly (string, string) ClassName =
        ("^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$", "the full name of a class, such as MyProject.WordProblems");

    private static SpecKey Dataset => Section("dataset", "The training data and how it becomes tokens.",
        Section("train", "The training rows: exactly one of `path` and `generator`.",
            Source(DataFile, Whole("seed", "Seed that the generator is given.", 0, DataDefaults.Seed))) with
        { Required = true },
        Choice<TemplateKind>("template", "How a row is written out as text.", null) with { Required = true },
        Choice<GlueTask>("task", "For template glue: the task that the model's head learns.", null),
        Whole("max_tokens", "Longest example in tokens; what is longer is cut at its end.", 2, DatasetDefaults.MaxTokens, 1 << 24),
        new SpecKey("packing", ValueKinds.Switch, "Whether several examples share a row.")
        {
            Default = "false",
            Words = EquatableArray.Of("false"),
            Later = EquatableArray.Of("true"),
        },
        Choice<LossOn>("loss_on", "Which tokens are learnt: the response (with the end token), or all.", DatasetDefaults.LossOn));

    private static SpecKey Evaluation => new("evaluation", ValueKinds.List, "Tasks that are scored before and after training.")
    {
        Minimum = 0,
        Item = Section("", "One task: exactly one of `path` and `generator`.",
        [
            Choice<EvaluationTask>("task", "perplexity, exact_match (equal answers), gsm8k and math (MetaMath's protocol), a commonsense set, or for classifiers a task of glue.",
                null) with { Required = true },
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

    private static SpecKey DataFile => Text("path", "A .jsonl, .json or .txt file, for template glue also .tsv, relative to the spec.") with { RunTime = true };

    private static SpecKey[] Source(SpecKey path, SpecKey seed) =>
    [
        path,
        Text("generator", "Full name of a class of the project that implements IExampleSource.") with { Pattern = ClassName },
        seed,
        Section("columns", "Names of the columns; left out: prompt and response, or text.",
            Text("prompt", "The column of the prompt."),
            Text("response", "The column of the response."),
            Text("text", "The column of the whole text, where there is no prompt.")),
        Whole("limit", "Take the first so many rows; left out: all.", 1) with { RunTime = true },
        Text("separator", "What stands between two texts of a .txt file; left out: a line each."),
    ];

    private static DecodingPlan DecodingDefaults { get; } = new();

    private static DataSourcePlan DataDefaults { get; } = new();

    private static DatasetPlan DatasetDefaults { get; } = new() { Train = DataDefaults, Template = new TemplatePlan(TemplateKind.Plain) };

    private static EvaluationPlan EvaluationDefaults { get; } = new() { Task = EvaluationTask.Perplexity, Data = DataDefaults };
}
