using NoraPipelines.Data;

namespace NoraPipelines.Shipped.Problems;

/// <summary>
/// What the base model learns from: an endless stream of short word problems, each with its worked reason, in thirteen kinds, and a row
/// of bare arithmetic after each. One question in fifty is held out; <see cref="HeldOutWordProblems"/> makes those.
/// </summary>
public sealed class WordProblems : IExampleSource
{
    private static readonly Func<Draw, Example>[] Kinds =
    [
        OneStepProblems.Gain, OneStepProblems.Loss, OneStepProblems.Together, OneStepProblems.Comparison, OneStepProblems.Boxes,
        OneStepProblems.Sharing, OneStepProblems.Doubling, OneStepProblems.Price, OneStepProblems.Change,
        TwoStepProblems.GainTwice, TwoStepProblems.GainThenLoss, TwoStepProblems.LossTwice, TwoStepProblems.LossThenGain,
    ];

    public IEnumerable<Example> Examples(int seed)
    {
        var arithmetic = new Draw(seed);
        foreach (var problem in Problems(seed).Where(problem => !IsHeldOut(problem)))
        {
            yield return problem;
            yield return ArithmeticRows.Row(arithmetic);
        }
    }

    /// <summary>Every word problem that a seed makes, held out or not.</summary>
    internal static IEnumerable<Example> Problems(int seed)
    {
        var draw = new Draw(seed);
        while (true)
        {
            yield return draw.Of(Kinds)(draw);
        }
    }

    internal static bool IsHeldOut(Example problem) => HeldOut.Holds(problem.Prompt, oneIn: 50);
}
