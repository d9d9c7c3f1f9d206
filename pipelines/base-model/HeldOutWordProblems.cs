using NoraPipelines.Data;

namespace NoraPipelines.Shipped.Problems;

/// <summary>Problems of the base model's kinds whose questions <see cref="WordProblems"/> never makes; endless, for evaluation.</summary>
public sealed class HeldOutWordProblems : IExampleSource
{
    public IEnumerable<Example> Examples(int seed) => WordProblems.Problems(seed).Where(WordProblems.IsHeldOut);
}
