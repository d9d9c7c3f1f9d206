using System.Text;
using NoraPipelines.Data;
using NoraPipelines.Generation;
using NoraPipelines.Plans;

namespace NoraPipelines.Evaluation;

/// <summary>
/// MATH (Hendrycks et al. 2021), greedy, pass@1; <see cref="EvaluationFrame.Metamath"/> asks unless the model learnt otherwise.
/// exact_match: what follows the last "The answer is:", up to its sentence's end, equals the last \boxed{…} of the worked solution, both
/// in the form of <see cref="MathAnswer"/>; flexible: where the output does not say "The answer is:", its last \boxed{…} counts.
/// </summary>
public sealed class CompetitionMath() : FlexibleTask(TaskProtocols.Of("math"))
{
    protected override string Version(IPromptFrame frame, Decoding decoding) => ProtocolName.Of($"math-{frame.Name}-v1", Decoding, decoding);

    protected override GoldAnswer Gold(string reference, int row)
    {
        if (Boxed.Last(reference) is { Length: > 0 } gold) return new(gold, MathAnswer.Form(gold));
        var bytes = Encoding.UTF8.GetBytes(reference);
        throw new DataException($@"MATH: the solution of item {row + 1} has no \boxed{{…}} with an answer in it; " +
            $"found {Excerpt.Of(bytes, bytes.Length - 40)}. Name the column that holds the worked solution.");
    }

    protected override FoundAnswer Judge(string output, string reference)
    {
        var announced = Announced(output);
        var flexible = announced ?? Boxed.Last(output);
        return new(announced, announced is null ? null : MathAnswer.Form(announced), flexible is null ? null : MathAnswer.Form(flexible));
    }

    /// <summary>The answer that an output announces; null where it announces none.</summary>
    internal static string? Announced(string output) =>
        AnswerExtraction.AfterMarker(output) is { } behind && Sentence.First(behind) is { Length: > 0 } answer ? answer : null;
}
