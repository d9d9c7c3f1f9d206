using System.Text;
using NoraPipelines.Data;
using NoraPipelines.Generation;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Evaluation;

/// <summary>
/// MATH (Hendrycks et al. 2021) with MetaMath's prompt, which ends in "### Response: Let's think step by step." Greedy, pass@1.
/// exact_match: what follows the last "The answer is:", up to its sentence's end, equals the last \boxed{…} of the worked solution, both
/// in the form of <see cref="MathAnswer"/>; flexible: where the output does not say "The answer is:", its last \boxed{…} counts.
/// </summary>
public static class CompetitionMath
{
    public const string Protocol = "math-metamath-v1";

    /// <summary>New tokens of the protocol.</summary>
    public const int MaxNewTokens = 2048;

    /// <summary>The columns of the published files.</summary>
    public static ColumnMap Columns { get; } = new() { Prompt = "problem", Response = "solution" };

    /// <param name="examples">Problem and worked solution, which holds a \boxed{…}.</param>
    /// <param name="predictionsPath">Where each prediction is written as it comes; null: nowhere.</param>
    /// <param name="progress">Called after every batch.</param>
    /// <param name="decoding">Null: greedy, as the protocol has it; another is told in <see cref="Scores.Protocol"/>.</param>
    /// <param name="frame">Null: MetaMath's; another is told in <see cref="Scores.Protocol"/>.</param>
    /// <param name="stop">Ends the evaluation between two tokens.</param>
    /// <returns>exact_match, flexible.</returns>
    /// <exception cref="DataException">A solution has no \boxed{…}.</exception>
    /// <exception cref="NoraException">There is no item, or a prompt does not fit into the model.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static Scores Evaluate(ICausalModel model, TextTokenizer tokenizer, IReadOnlyList<Example> examples, int batch,
        int maxNewTokens = MaxNewTokens, string? predictionsPath = null, Action<EvaluationProgress>? progress = null,
        Decoding? decoding = null, IPromptFrame? frame = null, CancellationToken stop = default)
    {
        var protocol = ProtocolName.Of(frame is null ? Protocol : $"math-{frame.Name}-v1", Decoding.Greedy, decoding);
        var gold = examples.Select((example, row) => Gold(frame?.Reference(example) ?? example.Response, row)).ToArray();
        var forms = gold.Select(MathAnswer.Form).ToArray();
        Func<Example, string> ask = frame is null ? Template.Metamath.EvaluationPrompt : frame.Prompt;
        var prompts = examples.Select(ask).ToArray();
        var answers = new ModelAnswers(model, tokenizer, batch, maxNewTokens)
        {
            Task = "math",
            Encode = frame is null ? EncodedPrompt.Of : frame.Encode,
            EndIds = frame?.EndIds(tokenizer),
            Decoding = decoding ?? Decoding.Greedy,
            PredictionsPath = predictionsPath,
            Progress = progress,
            Stop = stop,
        };
        var predictions = answers.Judge(prompts, (row, output) =>
        {
            var (extraction, boxed) = (Announced(output), Boxed.Last(output));
            return new Prediction
            {
                Index = row,
                Protocol = protocol,
                Prompt = prompts[row],
                Output = output,
                Extraction = extraction,
                ExtractionForm = extraction is null ? null : MathAnswer.Form(extraction),
                Flexible = (extraction ?? boxed) is { } found ? MathAnswer.Form(found) : null,
                Gold = gold[row],
                GoldForm = forms[row],
            };
        });
        return new Scores(new Dictionary<string, double>
        {
            ["exact_match"] = predictions.Average(prediction => prediction.Correct ? 1.0 : 0.0),
            ["flexible"] = predictions.Average(prediction => prediction.Flexible == prediction.GoldForm ? 1.0 : 0.0),
        })
        { Protocol = protocol };
    }

    /// <summary>The answer that an output announces; null where it announces none.</summary>
    internal static string? Announced(string output) =>
        AnswerExtraction.AfterMarker(output) is { } behind && Sentence.First(behind) is { Length: > 0 } answer ? answer : null;

    private static string Gold(string reference, int row)
    {
        if (Boxed.Last(reference) is { Length: > 0 } gold) return gold;
        var bytes = Encoding.UTF8.GetBytes(reference);
        throw new DataException($@"MATH: the solution of item {row + 1} has no \boxed{{…}} with an answer in it; " +
            $"found {Excerpt.Of(bytes, bytes.Length - 40)}. Name the column that holds the worked solution.");
    }
}
