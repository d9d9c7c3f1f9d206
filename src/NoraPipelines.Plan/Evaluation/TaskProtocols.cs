namespace NoraPipelines.Plans;

/// <summary>The tasks, in the order in which the schema lists them.</summary>
public static class TaskProtocols
{
    private const string AsksAsMetaMath = "asked as MetaMath does, or as chat, plain and own templates teach";

    private static readonly string[] FiveAnswers = ["answer1", "answer2", "answer3", "answer4", "answer5"];

    public static EquatableArray<TaskProtocol> All { get; } = EquatableArray.Of<TaskProtocol>(
    [
        new() { Name = "perplexity", Sentence = "the loss on labelled tokens", Answer = AnswerKind.Loss },
        new() { Name = "exact_match", Sentence = "equal answers", Answer = AnswerKind.Text, Scorer = "new ExactMatch()" },
        new()
        {
            Name = "gsm8k",
            Sentence = AsksAsMetaMath,
            Answer = AnswerKind.Text,
            Scorer = "new Gsm8k()",
            MaxNewTokens = 512,
            Columns = new() { Prompt = "question", Response = "answer" },
            MetamathPrompt = true,
        },
        new()
        {
            Name = "math",
            Sentence = AsksAsMetaMath,
            Answer = AnswerKind.Text,
            Scorer = "new CompetitionMath()",
            MaxNewTokens = 2048,
            Columns = new() { Prompt = "problem", Response = "solution" },
            MetamathPrompt = true,
        },
        .. Enum.GetValues(typeof(GlueTask)).Cast<GlueTask>().Select(Glue),
        Commonsense("boolq", "Boolq", "true", "false"),
        Commonsense("piqa", "Piqa", "solution1", "solution2"),
        Commonsense("social_i_qa", "SocialIQa", FiveAnswers),
        Commonsense("hellaswag", "Hellaswag", "ending1", "ending2", "ending3", "ending4"),
        Commonsense("winogrande", "Winogrande", "option1", "option2"),
        Commonsense("arc_easy", "ArcEasy", FiveAnswers),
        Commonsense("arc_challenge", "ArcChallenge", FiveAnswers),
        Commonsense("openbookqa", "Openbookqa", FiveAnswers),
    ]);

    /// <summary>Every name, in the table's order.</summary>
    public static EquatableArray<string> Names { get; } = All.Select(task => task.Name).ToEquatableArray();

    /// <summary>In place of a task that is not read yet.</summary>
    internal static TaskProtocol Blank => All[0];

    /// <summary>What each task asks, for the documentation of `evaluation.task`.</summary>
    internal static string Sentence => string.Join("; ", All.GroupBy(task => task.Sentence).Select(tasks => $"{Groups(tasks)}: {tasks.Key}")) + ".";

    /// <summary>The longest generated answer of tasks with a default of their own, for the documentation of `max_new_tokens`: gsm8k: 512.</summary>
    /// <param name="usual">The default of the others.</param>
    internal static string OwnMaxNewTokens(int usual) => string.Join(", ", All.Where(task => task.IsAsked && task.MaxNewTokens != usual)
        .GroupBy(task => task.MaxNewTokens).Select(tasks => $"{Groups(tasks)}: {tasks.Key}"));

    /// <summary>The tasks whose answers are chosen otherwise, for the documentation of `decoding.kind`: beams for commonsense, greedy otherwise.</summary>
    internal static string OwnDecoding(DecodingKind usual) => string.Concat(All.Where(task => task.IsAsked && task.Decoding != usual)
        .GroupBy(task => task.Decoding).Select(tasks => $"{Words.Of(tasks.Key)} for {Groups(tasks)}, ")) + $"{Words.Of(usual)} otherwise";

    /// <summary>The tasks that offer options, for the documentation of `decoding.kind`.</summary>
    internal static string WithOptions => Groups(All.Where(task => task.Options.Count > 0));

    /// <summary>The tasks that generate nothing, for the documentation of `max_new_tokens`: perplexity or glue.</summary>
    internal static string NotAsked => Listing.Or(All.Where(task => !task.IsAsked).Select(task => task.Group).Distinct());

    /// <summary>The task of a name; null if there is none.</summary>
    public static TaskProtocol? Find(string name) => All.FirstOrDefault(task => task.Name == name);

    /// <summary>The task of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static TaskProtocol Of(string name) =>
        Find(name) ?? throw new ArgumentException($"'{name}' is no task; expected one of {string.Join(", ", Names)}", nameof(name));

    private static string Groups(IEnumerable<TaskProtocol> tasks) => Listing.And(tasks.Select(task => task.Group).Distinct());

    private static TaskProtocol Glue(GlueTask task) => new()
    {
        Name = GlueTasks.Prefix + Words.Of(task),
        Sentence = "for classifiers",
        Answer = AnswerKind.Label,
        Model = ScoredModel.Classifier,
        Glue = task,
    };

    /// <summary>A set of LLM-Adapters (Hu et al. 2023).</summary>
    private static TaskProtocol Commonsense(string name, string member, params string[] options) => new()
    {
        Name = "commonsense/" + name,
        Sentence = "one of the given answers",
        Answer = AnswerKind.Text,
        Scorer = "Commonsense." + member,
        Decoding = DecodingKind.Beams,
        MaxNewTokens = 32,
        Columns = new() { Prompt = "instruction", Input = "input", Response = "answer" },
        CommonsensePrompt = true,
        Options = EquatableArray.Of(options),
        Average = new("commonsense", "accuracy"),
    };
}
