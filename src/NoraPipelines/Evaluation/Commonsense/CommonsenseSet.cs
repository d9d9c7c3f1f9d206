namespace NoraPipelines.Evaluation;

/// <summary>One of the eight sets of LLM-Adapters (Hu et al. 2023), and the words that its questions are answered with.</summary>
public sealed class CommonsenseSet
{
    private CommonsenseSet(string name, params string[] options) => (Name, Options) = (name, options);

    public static CommonsenseSet Boolq { get; } = new("boolq", "true", "false");

    public static CommonsenseSet Piqa { get; } = new("piqa", "solution1", "solution2");

    public static CommonsenseSet SocialIQa { get; } = new("social_i_qa", Answers);

    public static CommonsenseSet Hellaswag { get; } = new("hellaswag", "ending1", "ending2", "ending3", "ending4");

    public static CommonsenseSet Winogrande { get; } = new("winogrande", "option1", "option2");

    public static CommonsenseSet ArcEasy { get; } = new("arc_easy", Answers);

    public static CommonsenseSet ArcChallenge { get; } = new("arc_challenge", Answers);

    public static CommonsenseSet Openbookqa { get; } = new("openbookqa", Answers);

    public static IReadOnlyList<CommonsenseSet> All { get; } =
        [Boolq, Piqa, SocialIQa, Hellaswag, Winogrande, ArcEasy, ArcChallenge, Openbookqa];

    /// <summary>As a spec has it behind "commonsense/".</summary>
    public string Name { get; }

    public IReadOnlyList<string> Options { get; }

    private static string[] Answers => ["answer1", "answer2", "answer3", "answer4", "answer5"];

    /// <summary>
    /// The option that an output names first, case as given; null where it names none. Only what stands before another "### Response:"
    /// counts, and an option within a longer word does too, as in the sets' own evaluation.
    /// </summary>
    public string? Extract(string output)
    {
        var end = output.IndexOf(Cue, StringComparison.Ordinal);
        var text = end < 0 ? output : output[..end];
        string? first = null;
        var earliest = int.MaxValue;
        foreach (var option in Options)
        {
            var at = text.IndexOf(option, StringComparison.Ordinal);
            if (at >= 0 && at < earliest) (first, earliest) = (option, at);
        }
        return first;
    }

    /// <summary>The options that a question's text offers ("Answer format: answer1/answer2"); all where it offers fewer than two.</summary>
    internal IReadOnlyList<string> Offered(string prompt)
    {
        var offered = Options.Where(option => prompt.Contains(option, StringComparison.OrdinalIgnoreCase)).ToArray();
        return offered.Length > 1 ? offered : Options;
    }

    private const string Cue = "### Response:";
}
