using System.Text;
using NoraPipelines.Data;
using NoraPipelines.Generation;
using NoraPipelines.Plans;

namespace NoraPipelines.Evaluation;

/// <summary>
/// GSM8K (Cobbe et al. 2021), greedy, pass@1; <see cref="EvaluationFrame.Metamath"/> asks unless the model learnt otherwise.
/// exact_match: the first number after the last "The answer is:", else the last number, equals the number after the reference's
/// "#### "; flexible: the last number of the output does.
/// </summary>
public sealed class Gsm8k() : FlexibleTask(TaskProtocols.Of("gsm8k"))
{
    protected override string Version(IPromptFrame frame, Decoding decoding) => ProtocolName.Of($"gsm8k-{frame.Name}-v1", Decoding, decoding);

    protected override GoldAnswer Gold(string reference, int row)
    {
        if (AnswerExtraction.Gold(reference) is { } gold) return new(gold.ToString());
        var bytes = Encoding.UTF8.GetBytes(reference);
        throw new DataException($"GSM8K: the reference answer of item {row + 1} has no \"#### \" with a number after it; " +
            $"found {Excerpt.Of(bytes, bytes.Length - 40)}. Name the column that holds the worked answer.");
    }

    protected override FoundAnswer Judge(string output, string reference) =>
        new(AnswerExtraction.Final(output)?.ToString(), Flexible: AnswerExtraction.Last(output)?.ToString());
}
