using NoraPipelines.Data;

namespace NoraPipelines.Shipped.Problems;

/// <summary>Problems that one sum, difference, product or quotient solves.</summary>
internal static class OneStepProblems
{
    public static Example Gain(Draw draw)
    {
        var (a, b) = draw.Addends();
        var (name, other) = draw.TwoNames();
        var things = draw.Thing();
        var question = draw.Of([
            $"{name} has {a} {things} and finds {b} more. How many {things} does {name} have now?",
            $"{name} has {a} {things}. {other} gives {name} {b} more. How many {things} does {name} have now?",
            $"There are {a} {things} in a box. {name} puts {b} more in. How many {things} are in the box?",
        ]);
        return Worked.Problem(question, a + b, Worked.Sum(a, b));
    }

    public static Example Loss(Draw draw)
    {
        var (a, b) = draw.WholeAndPart();
        var (name, other) = draw.TwoNames();
        var things = draw.Thing();
        var question = draw.Of([
            $"{name} has {a} {things} and loses {b}. How many {things} are left?",
            $"{name} has {a} {things} and gives {other} {b}. How many {things} does {name} have now?",
            $"There are {a} {things} in a box. {name} takes {b} out. How many {things} are left?",
        ]);
        return Worked.Problem(question, a - b, Worked.Difference(a, b));
    }

    public static Example Together(Draw draw)
    {
        var (a, b) = draw.Addends();
        var (name, other) = draw.TwoNames();
        var (things, more) = draw.TwoThings();
        var question = draw.Of([
            $"{name} has {a} {things} and {other} has {b}. How many {things} do they have together?",
            $"{name} has {a} {things} and {b} {more}. How many things does {name} have?",
        ]);
        return Worked.Problem(question, a + b, Worked.Sum(a, b));
    }

    public static Example Comparison(Draw draw)
    {
        var (a, b) = draw.WholeAndPart();
        var (name, other) = draw.TwoNames();
        var things = draw.Thing();
        var question = draw.Of([
            $"{name} has {a} {things} and {other} has {b}. How many more does {name} have than {other}?",
            $"{name} has {b} {things} and {other} has {a}. How many fewer does {name} have than {other}?",
        ]);
        return Worked.Problem(question, a - b, Worked.Difference(a, b));
    }

    public static Example Boxes(Draw draw)
    {
        var (boxes, each) = draw.Factors();
        var name = draw.Name();
        var things = draw.Thing();
        var question = draw.Of([
            $"{name} has {boxes} boxes with {each} {things} in each. How many {things} does {name} have?",
            $"There are {boxes} bags and {each} {things} in each bag. How many {things} are there?",
        ]);
        return Worked.Problem(question, boxes * each, Worked.Product(boxes, each));
    }

    public static Example Sharing(Draw draw)
    {
        var (shares, each) = draw.Factors();
        var name = draw.Name();
        var things = draw.Thing();
        var all = shares * each;
        var question = draw.Of([
            $"{name} shares {all} {things} equally among {shares} friends. How many {things} does each get?",
            $"{name} puts {all} {things} equally into {shares} boxes. How many {things} are in each box?",
        ]);
        return Worked.Problem(question, each, Worked.Quotient(all, shares));
    }

    public static Example Doubling(Draw draw)
    {
        var a = draw.Between(2, Draw.Largest / 2);
        var (name, other) = draw.TwoNames();
        var things = draw.Thing();
        return draw.Between(0, 1) == 0
            ? Worked.Problem(
                $"{name} has {a} {things} and {other} has twice as many. How many {things} does {other} have?", 2 * a, Worked.Product(2, a))
            : Worked.Problem(
                $"{name} has {2 * a} {things} and {other} has half as many. How many {things} does {other} have?", a, Worked.Quotient(2 * a, 2));
    }

    public static Example Price(Draw draw)
    {
        var (count, price) = draw.Factors();
        var name = draw.Name();
        var things = draw.Thing();
        var question = draw.Of([
            $"{name} buys {count} {things} for {price} coins each. How many coins does {name} pay?",
            $"One of the {things} costs {price} coins. {name} buys {count}. How many coins does {name} pay?",
        ]);
        return Worked.Problem(question, count * price, Worked.Product(count, price));
    }

    public static Example Change(Draw draw)
    {
        var (coins, price) = draw.WholeAndPart();
        var name = draw.Name();
        var things = draw.Thing();
        var question = draw.Of([
            $"{name} has {coins} coins and buys {things} for {price} coins. How many coins are left?",
            $"{name} pays for {things} with {coins} coins. The {things} cost {price} coins. How many coins does {name} get back?",
        ]);
        return Worked.Problem(question, coins - price, Worked.Difference(coins, price));
    }
}
