using NoraPipelines.Data;

namespace NoraPipelines.Shipped.Problems;

/// <summary>Shopping problems whose combinations of numbers <see cref="ShoppingProblems"/> never makes; endless, for evaluation.</summary>
public sealed class HeldOutShoppingProblems : IExampleSource
{
    public IEnumerable<Example> Examples(int seed) => ShoppingProblems.All(seed, heldOut: true);
}
