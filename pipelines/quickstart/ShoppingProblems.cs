using NoraPipelines.Data;

namespace NoraPipelines.Shipped.Problems;

/// <summary>
/// What the quickstart teaches: shopping with a product inside. The base model knows what several things of one price cost (a product), and
/// it knows change, after one purchase or two (a sum, then a difference); but none of its own problems goes on after a product.
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
            var (key, example) = draw.Between(0, 1) == 0 ? OneKind(draw) : TwoKinds(draw);
            if (HeldOut.Holds(key, oneIn: 5) == heldOut)
            {
                yield return example;
            }
        }
    }

    private static (string Key, Example Example) OneKind(Draw draw)
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

    private static (string Key, Example Example) TwoKinds(Draw draw)
    {
        var (count, price) = draw.Factors(Draw.Largest - 2);
        var cost = count * price;
        var other = draw.Between(2, Draw.Largest - cost);
        var coins = draw.Between(cost + other, Draw.Largest);
        var name = draw.Name();
        var (things, more) = draw.TwoThings();
        var question = draw.Of([
            $"{name} has {coins} coins and buys {count} {things} for {price} coins each and {more} for {other} coins. How many coins are left?",
            $"{name} buys {more} for {other} coins and {count} {things} for {price} coins each and pays with {coins} coins. "
                + $"How many coins does {name} get back?",
        ]);
        return (Key(coins, count, price, other), Worked.Problem(
            question, coins - cost - other, Worked.Product(count, price), Worked.Sum(cost, other), Worked.Difference(coins, cost + other)));
    }

    /// <summary>The numbers by size, so that no wording and no order of factors brings a held-out combination back.</summary>
    private static string Key(params IEnumerable<int> numbers) => string.Join(' ', numbers.Order());
}
