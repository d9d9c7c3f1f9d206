using NoraPipelines.Data;

namespace NoraPipelines.Shipped.Problems;

/// <summary>
/// What the base model learns from: an endless stream of short word problems, each with its worked reason, in fourteen kinds, half of them
/// with two steps, and a row of bare arithmetic after each pair. One question in fifty is held out; <see cref="HeldOutWordProblems"/> makes those.
/// </summary>
public sealed class WordProblems : IExampleSource
{
    private static readonly Func<Draw, Example>[] OneStep =
    [
        OneStepProblems.Gain, OneStepProblems.Loss, OneStepProblems.Together, OneStepProblems.Comparison, OneStepProblems.Boxes,
        OneStepProblems.Sharing, OneStepProblems.Doubling, OneStepProblems.Price, OneStepProblems.Change,
    ];

    private static readonly Func<Draw, Example>[] TwoStep =
    [
        TwoStepProblems.GainTwice, TwoStepProblems.GainThenLoss, TwoStepProblems.LossTwice, TwoStepProblems.LossThenGain,
        TwoStepProblems.CompareWithTwo,
    ];

    public IEnumerable<Example> Examples(int seed)
    {
        var arithmetic = new Draw(seed);
        foreach (var pair in Problems(seed).Where(problem => !IsHeldOut(problem)).Chunk(2))
        {
            yield return pair[0];
            yield return pair[1];
            yield return ArithmeticRows.Row(arithmetic);
        }
    }

    /// <summary>Every word problem that a seed makes, held out or not.</summary>
    internal static IEnumerable<Example> Problems(int seed)
    {
        var draw = new Draw(seed);
        while (true)
        {
            yield return draw.Of(draw.Between(0, 1) == 0 ? OneStep : TwoStep)(draw);
        }
    }

    internal static bool IsHeldOut(Example problem) => HeldOut.Holds(problem.Prompt, oneIn: 50);
}
