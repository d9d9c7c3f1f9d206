using NoraPipelines.Data;
using NoraPipelines.Generation;
using NoraPipelines.Plans;

namespace NoraPipelines.Evaluation;

/// <summary>
/// Share of items whose greedy answer to the training prompt is the reference's. Where the reference says "The answer is:" and a
/// number, the answer must say so too and the numbers must be equal; where it says "The answer is:" and no number, the texts after
/// it must be equal; else the whole texts. White space around texts does not count.
/// </summary>
public sealed class ExactMatch() : AnsweredTask(TaskProtocols.Of("exact_match"))
{
    protected override string Version(IPromptFrame frame, Decoding decoding) => ProtocolName.Of("exact-match-v1", Decoding, decoding);

    protected override GoldAnswer Gold(string reference, int row) => new(Compare(reference, "").Gold);

    protected override FoundAnswer Judge(string output, string reference) => new(Compare(reference, output).Extraction);

    protected override Dictionary<string, double> Metrics(IReadOnlyList<Prediction> predictions) => new() { ["exact_match"] = Correct(predictions) };

    /// <summary>What counts of a reference and of an output: equal strings are a match.</summary>
    internal static (string Gold, string? Extraction) Compare(string reference, string output)
    {
        if (AnswerExtraction.AfterMarker(reference) is not { } answer) return (reference.Trim(), output.Trim());
        var found = AnswerExtraction.AfterMarker(output);
        return AnswerExtraction.First(answer) is { } number
            ? (number.ToString(), found is null ? null : AnswerExtraction.First(found)?.ToString())
            : (answer.Trim(), found?.Trim());
    }
}
