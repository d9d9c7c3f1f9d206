using NoraPipelines.Data;

namespace NoraPipelines.Shipped.Problems;

/// <summary>Problems that take two steps, each a sum or a difference.</summary>
internal static class TwoStepProblems
{
    public static Example GainTwice(Draw draw)
    {
        var a = draw.Between(2, Draw.Largest - 4);
        var b = draw.Between(2, Draw.Largest - 2 - a);
        var c = draw.Between(2, Draw.Largest - a - b);
        var (name, other) = draw.TwoNames();
        var things = draw.Thing();
        var question = draw.Of([
            $"{name} has {a} {things}, finds {b} and then {c} more. How many {things} does {name} have now?",
            $"{name} has {a} {things} and finds {b} more. {other} gives {name} {c}. How many {things} does {name} have now?",
        ]);
        return Worked.Problem(question, a + b + c, Worked.Sum(a, b), Worked.Sum(a + b, c));
    }

    public static Example GainThenLoss(Draw draw)
    {
        var a = draw.Between(2, Draw.Largest - 2);
        var b = draw.Between(2, Draw.Largest - a);
        var c = draw.Between(2, a + b);
        var (name, other) = draw.TwoNames();
        var things = draw.Thing();
        var question = draw.Of([
            $"{name} has {a} {things}, finds {b} more and loses {c}. How many {things} are left?",
            $"{name} has {a} {things} and finds {b} more. {name} gives {other} {c}. How many {things} does {name} have now?",
        ]);
        return Worked.Problem(question, a + b - c, Worked.Sum(a, b), Worked.Difference(a + b, c));
    }

    public static Example LossTwice(Draw draw)
    {
        var a = draw.Between(4, Draw.Largest);
        var b = draw.Between(2, a - 2);
        var c = draw.Between(2, a - b);
        var (name, other) = draw.TwoNames();
        var things = draw.Thing();
        var question = draw.Of([
            $"{name} has {a} {things}, loses {b} and gives {other} {c}. How many {things} are left?",
            $"There are {a} {things} in a box. {name} takes {b} out and {other} takes {c} out. How many {things} are left?",
        ]);
        return Worked.Problem(question, a - b - c, Worked.Difference(a, b), Worked.Difference(a - b, c));
    }

    public static Example LossThenGain(Draw draw)
    {
        var a = draw.Between(3, Draw.Largest);
        var b = draw.Between(2, a - 1);
        var c = draw.Between(2, Draw.Largest - a + b);
        var (name, other) = draw.TwoNames();
        var things = draw.Thing();
        var question = draw.Of([
            $"{name} has {a} {things}, loses {b} and finds {c}. How many {things} does {name} have now?",
            $"{name} has {a} {things} and gives {other} {b}. Then {name} finds {c}. How many {things} does {name} have now?",
        ]);
        return Worked.Problem(question, a - b + c, Worked.Difference(a, b), Worked.Sum(a - b, c));
    }

    public static Example CompareWithTwo(Draw draw)
    {
        var (b, c) = draw.Addends();
        var a = draw.Between(b + c, Draw.Largest);
        var (name, other) = draw.TwoNames();
        var (things, more) = draw.TwoThings();
        var question = draw.Of([
            $"{name} has {a} {things}. {other} has {b} and finds {c} more. How many more does {name} have than {other}?",
            $"{name} has {a} coins and buys {things} for {b} coins and {more} for {c} coins. How many coins are left?",
            $"{name} buys {things} for {b} coins and {more} for {c} coins and pays with {a} coins. How many coins does {name} get back?",
        ]);
        return Worked.Problem(question, a - b - c, Worked.Sum(b, c), Worked.Difference(a, b + c));
    }
}
