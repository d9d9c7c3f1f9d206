using System.Text;
using NoraPipelines.Data;
using NoraPipelines.Generation;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Evaluation;

/// <summary>
/// GSM8K (Cobbe et al. 2021) with MetaMath's prompt, which ends in "### Response: Let's think step by step." Greedy, pass@1.
/// exact_match: the first number after the last "The answer is:", else the last number, equals the number after the reference's
/// "#### "; flexible: the last number of the output does.
/// </summary>
public static class Gsm8k
{
    public const string Protocol = "gsm8k-metamath-v1";

    /// <summary>New tokens of the protocol.</summary>
    public const int MaxNewTokens = 512;

    /// <summary>The columns of the published files.</summary>
    public static ColumnMap Columns { get; } = new() { Prompt = "question", Response = "answer" };

    /// <param name="examples">Question and reference answer, which holds "#### " and a number.</param>
    /// <param name="predictionsPath">Where each prediction is written as it comes; null: nowhere.</param>
    /// <param name="progress">Called after every batch.</param>
    /// <param name="decoding">Null: greedy, as the protocol has it; another is told in <see cref="Scores.Protocol"/>.</param>
    /// <param name="frame">Null: MetaMath's; another is told in <see cref="Scores.Protocol"/>.</param>
    /// <param name="stop">Ends the evaluation between two tokens.</param>
    /// <returns>exact_match, flexible.</returns>
    /// <exception cref="DataException">A reference has no number after "#### ".</exception>
    /// <exception cref="NoraException">There is no item, or a prompt does not fit into the model.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static Scores Evaluate(ICausalModel model, TextTokenizer tokenizer, IReadOnlyList<Example> examples, int batch,
        int maxNewTokens = MaxNewTokens, string? predictionsPath = null, Action<EvaluationProgress>? progress = null,
        Decoding? decoding = null, IPromptFrame? frame = null, CancellationToken stop = default)
    {
        var protocol = ProtocolName.Of(frame is null ? Protocol : $"gsm8k-{frame.Name}-v1", Decoding.Greedy, decoding);
        var gold = examples.Select((example, row) => Gold(frame?.Reference(example) ?? example.Response, row).ToString()).ToArray();
        Func<Example, string> ask = frame is null ? Template.Metamath.EvaluationPrompt : frame.Prompt;
        var prompts = examples.Select(ask).ToArray();
        var answers = new ModelAnswers(model, tokenizer, batch, maxNewTokens)
        {
            Task = "gsm8k",
            Encode = frame is null ? EncodedPrompt.Of : frame.Encode,
            EndIds = frame?.EndIds(tokenizer),
            Decoding = decoding ?? Decoding.Greedy,
            PredictionsPath = predictionsPath,
            Progress = progress,
            Stop = stop,
        };
        var predictions = answers.Judge(prompts, (row, output) => new Prediction
        {
            Index = row,
            Protocol = protocol,
            Prompt = prompts[row],
            Output = output,
            Extraction = AnswerExtraction.Final(output)?.ToString(),
            Flexible = AnswerExtraction.Last(output)?.ToString(),
            Gold = gold[row],
        });
        return new Scores(new Dictionary<string, double>
        {
            ["exact_match"] = predictions.Average(prediction => prediction.Correct ? 1.0 : 0.0),
            ["flexible"] = predictions.Average(prediction => prediction.Flexible == prediction.Gold ? 1.0 : 0.0),
        })
        { Protocol = protocol };
    }

    private static Rational Gold(string reference, int row)
    {
        if (AnswerExtraction.Gold(reference) is { } gold) return gold;
        var bytes = Encoding.UTF8.GetBytes(reference);
        throw new DataException($"GSM8K: the reference answer of item {row + 1} has no \"#### \" with a number after it; " +
            $"found {Excerpt.Of(bytes, bytes.Length - 40)}. Name the column that holds the worked answer.");
    }
}
