using NoraPipelines.Data;

namespace NoraPipelines.Shipped.Problems;

/// <summary>
/// What the quickstart teaches: a product, then the change. The base model knows what several things of one price cost, and it knows
/// change after purchases whose price is said; none of its own problems goes on after a product.
/// </summary>
public sealed class ShoppingProblems : IExampleSource
{
    public IEnumerable<Example> Examples(int seed) => All(seed, heldOut: false);

    /// <summary>Problems whose numbers are, or are not, among the held-out ones; names and wording are drawn from the same lists.</summary>
    internal static IEnumerable<Example> All(int seed, bool heldOut)
    {
        var draw = new Draw(seed);
        while (true)
        {
            var (key, example) = Purchase(draw);
            if (HeldOut.Holds(key, oneIn: 5) == heldOut)
            {
                yield return example;
            }
        }
    }

    private static (string Key, Example Example) Purchase(Draw draw)
    {
        var (count, price) = draw.Factors();
        var cost = count * price;
        var coins = draw.Between(cost, Draw.Largest);
        var name = draw.Name();
        var things = draw.Thing();
        var question = draw.Of([
            $"{name} has {coins} coins and buys {count} {things} for {price} coins each. How many coins are left?",
            $"{name} buys {count} {things} for {price} coins each and pays with {coins} coins. How many coins does {name} get back?",
        ]);
        return (Key(coins, count, price), Worked.Problem(question, coins - cost, Worked.Product(count, price), Worked.Difference(coins, cost)));
    }

    /// <summary>The numbers by size, so that no wording and no order of factors brings a held-out combination back.</summary>
    private static string Key(params IEnumerable<int> numbers) => string.Join(' ', numbers.Order());
}
