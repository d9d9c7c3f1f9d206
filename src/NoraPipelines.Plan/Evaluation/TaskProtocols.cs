namespace NoraPipelines.Plans;

/// <summary>The tasks, in the order in which the schema lists them.</summary>
public static class TaskProtocols
{
    private static readonly string[] FiveAnswers = ["answer1", "answer2", "answer3", "answer4", "answer5"];

    public static EquatableArray<TaskProtocol> All { get; } = EquatableArray.Of<TaskProtocol>(
    [
        new() { Name = "perplexity", Answer = AnswerKind.Loss },
        new() { Name = "exact_match", Answer = AnswerKind.Text, Scorer = "new ExactMatch()" },
        new()
        {
            Name = "gsm8k",
            Answer = AnswerKind.Text,
            Scorer = "new Gsm8k()",
            MaxNewTokens = 512,
            Columns = new() { Prompt = "question", Response = "answer" },
            MetamathPrompt = true,
        },
        new()
        {
            Name = "math",
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

    /// <summary>The task of a name; null if there is none.</summary>
    public static TaskProtocol? Find(string name) => All.FirstOrDefault(task => task.Name == name);

    /// <summary>The task of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static TaskProtocol Of(string name) =>
        Find(name) ?? throw new ArgumentException($"'{name}' is no task; expected one of {string.Join(", ", Names)}", nameof(name));

    private static TaskProtocol Glue(GlueTask task) => new()
    {
        Name = GlueTasks.Prefix + Words.Of(task),
        Answer = AnswerKind.Label,
        Model = ScoredModel.Classifier,
        Glue = task,
    };

    /// <summary>A set of LLM-Adapters (Hu et al. 2023).</summary>
    private static TaskProtocol Commonsense(string name, string member, params string[] options) => new()
    {
        Name = "commonsense/" + name,
        Answer = AnswerKind.Text,
        Scorer = "Commonsense." + member,
        Decoding = DecodingKind.Beams,
        MaxNewTokens = 32,
        Columns = new() { Prompt = "instruction", Input = "input", Response = "answer" },
        Options = EquatableArray.Of(options),
        Average = new("commonsense", "accuracy"),
    };
}
