using NoraPipelines.Data;
using NoraPipelines.Generation;
using NoraPipelines.Models;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Evaluation;

/// <summary>
/// Share of items whose greedy answer to the training prompt is the reference's. Where the reference says "The answer is:" and a
/// number, the answer must say so too and the numbers must be equal; where it says "The answer is:" and no number, the texts after
/// it must be equal; else the whole texts. White space around texts does not count.
/// </summary>
public static class ExactMatch
{
    public const string Protocol = "exact-match-v1";

    /// <param name="frame">That of the training.</param>
    /// <param name="maxNewTokens">Longest answer.</param>
    /// <param name="predictionsPath">Where each prediction is written as it comes; null: nowhere.</param>
    /// <param name="progress">Called after every batch.</param>
    /// <param name="decoding">Null: greedy, as the protocol has it; another is told in <see cref="Scores.Protocol"/>.</param>
    /// <param name="stop">Ends the evaluation between two tokens.</param>
    /// <returns>exact_match.</returns>
    /// <exception cref="NoraException">There is no item, or a prompt does not fit into the model.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static Scores Evaluate(ICausalModel model, TextTokenizer tokenizer, IPromptFrame frame, IReadOnlyList<Example> examples, int batch,
        int maxNewTokens, string? predictionsPath, Action<EvaluationProgress>? progress = null, Decoding? decoding = null,
        CancellationToken stop = default)
    {
        var protocol = ProtocolName.Of(Protocol, Decoding.Greedy, decoding);
        var prompts = examples.Select(frame.Prompt).ToArray();
        var answers = new ModelAnswers(model, tokenizer, batch, maxNewTokens)
        {
            Task = "exact_match",
            Encode = frame.Encode,
            EndIds = frame.EndIds(tokenizer),
            Decoding = decoding ?? Decoding.Greedy,
            PredictionsPath = predictionsPath,
            Progress = progress,
            Stop = stop,
        };
        var predictions = answers.Judge(prompts, (row, output) =>
        {
            var (gold, extraction) = Compare(frame.Reference(examples[row]), output);
            return new Prediction
            {
                Index = row,
                Protocol = protocol,
                Prompt = prompts[row],
                Output = output,
                Extraction = extraction,
                Gold = gold,
            };
        });
        var share = predictions.Average(prediction => prediction.Correct ? 1.0 : 0.0);
        return new Scores(new Dictionary<string, double> { ["exact_match"] = share }) { Protocol = protocol };
    }

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
