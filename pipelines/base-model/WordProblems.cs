using NoraPipelines.Data;

namespace NoraPipelines.Shipped.Problems;

/// <summary>
/// What the base model learns from: an endless stream of short word problems, each with its worked reason, in thirteen kinds.
/// One question in fifty is held out; <see cref="HeldOutWordProblems"/> makes those.
/// </summary>
public sealed class WordProblems : IExampleSource
{
    private static readonly Func<Draw, Example>[] Kinds =
    [
        OneStepProblems.Gain, OneStepProblems.Loss, OneStepProblems.Together, OneStepProblems.Comparison, OneStepProblems.Boxes,
        OneStepProblems.Sharing, OneStepProblems.Doubling, OneStepProblems.Price, OneStepProblems.Change,
        TwoStepProblems.GainTwice, TwoStepProblems.GainThenLoss, TwoStepProblems.LossTwice, TwoStepProblems.LossThenGain,
    ];

    public IEnumerable<Example> Examples(int seed) => All(seed).Where(example => !IsHeldOut(example));

    /// <summary>Every problem that a seed makes, held out or not.</summary>
    internal static IEnumerable<Example> All(int seed)
    {
        var draw = new Draw(seed);
        while (true)
        {
            yield return draw.Of(Kinds)(draw);
        }
    }

    internal static bool IsHeldOut(Example example) => HeldOut.Holds(example.Prompt, oneIn: 50);
}
