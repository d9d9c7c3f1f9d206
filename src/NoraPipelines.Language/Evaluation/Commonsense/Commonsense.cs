using NoraPipelines.Data;
using NoraPipelines.Generation;
using NoraPipelines.Plans;

namespace NoraPipelines.Evaluation;

/// <summary>
/// A commonsense set of LLM-Adapters (Hu et al. 2023): the prompt of its evaluation script, left padding, 32 new tokens, 4 beams; the first option
/// that the output names is the answer, none is wrong. Greedy decoding and likelihood are variants with names of their own.
/// </summary>
public sealed class Commonsense : AnsweredTask
{
    private const string Cue = "### Response:";

    private Commonsense(string name)
        : base(TaskProtocols.Of("commonsense/" + name))
    {
    }

    public static Commonsense Boolq { get; } = new("boolq");

    public static Commonsense Piqa { get; } = new("piqa");

    public static Commonsense SocialIQa { get; } = new("social_i_qa");

    public static Commonsense Hellaswag { get; } = new("hellaswag");

    public static Commonsense Winogrande { get; } = new("winogrande");

    public static Commonsense ArcEasy { get; } = new("arc_easy");

    public static Commonsense ArcChallenge { get; } = new("arc_challenge");

    public static Commonsense Openbookqa { get; } = new("openbookqa");

    public static IReadOnlyList<Commonsense> All { get; } = [Boolq, Piqa, SocialIQa, Hellaswag, Winogrande, ArcEasy, ArcChallenge, Openbookqa];

    protected override string LikelihoodVersion => "commonsense-likelihood-v1";

    /// <summary>What a training answer says before its option.</summary>
    protected internal override string Opening => "the correct answer is ";

    protected override string Version(IPromptFrame frame, Decoding decoding) =>
        ProtocolName.AreAlike(decoding, Decoding.Greedy) ? "commonsense-greedy-v1" : ProtocolName.Of("commonsense-v1", Decoding, decoding);

    protected override GoldAnswer Gold(string reference, int row) => Protocol.Options.Contains(reference)
        ? new(reference)
        : throw new DataException($"{Protocol.Name}: the answer of item {row + 1} is \"{Shortened(reference)}\"; expected one of "
            + $"{string.Join(", ", Protocol.Options)}. Name the column that holds the option, or the set that the file is of.");

    protected override FoundAnswer Judge(string output, string reference) => new(Extract(output));

    protected override Dictionary<string, double> Metrics(IReadOnlyList<Prediction> predictions) => new() { ["accuracy"] = Correct(predictions) };

    /// <summary>
    /// The option that an output names first, case as given; null where it names none. Only what stands before another "### Response:"
    /// counts, and an option within a longer word does too, as in the sets' own evaluation.
    /// </summary>
    internal string? Extract(string output)
    {
        var end = output.IndexOf(Cue, StringComparison.Ordinal);
        var text = end < 0 ? output : output[..end];
        string? first = null;
        var earliest = int.MaxValue;
        foreach (var option in Protocol.Options)
        {
            var at = text.IndexOf(option, StringComparison.Ordinal);
            if (at >= 0 && at < earliest) (first, earliest) = (option, at);
        }
        return first;
    }

    /// <summary>The options that a question's text offers ("Answer format: answer1/answer2"); all where it offers fewer than two.</summary>
    protected internal override IReadOnlyList<string> Offered(string prompt)
    {
        var offered = Protocol.Options.Where(option => prompt.Contains(option, StringComparison.OrdinalIgnoreCase)).ToArray();
        return offered.Length > 1 ? offered : Protocol.Options;
    }

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
